package awssim

import "maps"

// IAM is Identity and Access Management.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
func IAM(w *World) *Service {
	log := &accessLog{of: make(map[accessKey]access)}
	w.Observe(log.note)
	handlers := make(map[string]Handler)
	for _, group := range []map[string]Handler{
		userHandlers(), groupHandlers(), roleHandlers(), policyHandlers(), attachmentHandlers(),
		inlineHandlers(), profileHandlers(), keyHandlers(), loginHandlers(), mfaHandlers(),
		certificateHandlers(), oidcHandlers(), samlHandlers(), accountHandlers(), simulateHandlers(), accessedHandlers(log),
	} {
		maps.Copy(handlers, group)
	}
	// https://docs.aws.amazon.com/general/latest/gr/iam-service.html
	homes := map[string]string{"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
	return &Service{Model: "iam", Homes: homes, Needs: iamNeeds, TagAction: iamTagAction, ReservedTag: reservedTag, Invalid: invalidIAM, Handlers: handlers}
}
