package s3

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// checkPolicy refuses a well formed bucket policy for what S3 and the bucket tell: its
// actions and condition keys must be some of S3, its resources must be the bucket and its
// objects, its actions must be for one of them, and the users and roles that it names must
// exist.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
// https://repost.aws/knowledge-center/s3-bucket-policy-for-config-rule
func checkPolicy(c *awssim.Call, bucket string, doc *policy.Document) error {
	for _, st := range doc.Statements {
		if err := checkNames(st); err != nil {
			return err
		}
		for _, r := range slices.Concat(st.Resource, st.NotResource) {
			if !ofBucket(r, bucketARN(c, bucket)) {
				return malformed("Policy has invalid resource", r)
			}
		}
		for _, action := range st.Action {
			if !applies(action, st.Resource) {
				return malformed("Action does not apply to any resource(s) in statement", action)
			}
		}
		if err := checkKeys(st); err != nil {
			return err
		}
		for _, p := range []*policy.Principals{st.Principal, st.NotPrincipal} {
			if err := checkPrincipals(c, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPrincipals looks for users and roles that do not exist, and for services that can't.
func checkPrincipals(c *awssim.Call, p *policy.Principals) error {
	if p == nil {
		return nil
	}
	for _, name := range p.AWS {
		if !c.World.HasPrincipal(name) {
			return malformed("Invalid principal in policy", `"AWS" : "`+name+`"`)
		}
	}
	for _, name := range p.Service {
		if !awssim.IsServicePrincipal(name) {
			return malformed("Invalid principal in policy", `"Service" : "`+name+`"`)
		}
	}
	return nil
}

// checkNames looks for actions and condition keys that S3 does not have.
func checkNames(st *policy.Statement) error {
	for _, action := range slices.Concat(st.Action, st.NotAction) {
		if !isAction(action) {
			return malformed("Policy has invalid action", action)
		}
	}
	for _, c := range st.Conditions {
		if !isKey(c.Key) {
			return malformed("Policy has an invalid condition key", c.Key)
		}
	}
	return nil
}

// checkKeys looks for condition keys that an action of the statement does not have. Actions
// with wildcards stand for some that may have them.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-actions-as-permissions
// https://github.com/humanmade/S3-Uploads/issues/239
func checkKeys(st *policy.Statement) error {
	for _, c := range st.Conditions {
		for _, action := range st.Action {
			if !strings.ContainsAny(action, "*?") && !hasKey(action, c.Key) {
				return malformed("Conditions do not apply to combination of actions and resources in statement", c.Key)
			}
		}
	}
	return nil
}

func malformed(text, detail string) error {
	return invalid("MalformedPolicy", text).With("Detail", detail)
}

// ofBucket reports whether a resource is the bucket, or objects in it.
func ofBucket(resource, bucket string) bool {
	rest, ok := strings.CutPrefix(resource, bucket)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '*') || resource == "*"
}

// applies reports whether an action is for one of the resources: one on objects needs a
// resource that has a key. Actions with wildcards are for anything.
func applies(action string, resources []string) bool {
	if strings.ContainsAny(action, "*?") || len(resources) == 0 {
		return true
	}
	return slices.ContainsFunc(resources, func(r string) bool {
		at := strings.LastIndexByte(r, ':') + 1
		_, _, hasKey := strings.Cut(r[at:], "/")
		return hasKey == onObjects(action) || strings.HasSuffix(r, "*") && !strings.Contains(r[at:], "/")
	})
}
