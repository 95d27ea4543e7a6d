package reference

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// alwaysPasses is the rule by which no policy is asked; nil where there is none.
func (q question) alwaysPasses() *rule {
	switch {
	case q.Principal.Type == Anonymous:
		return nil
	case q.is("sts:GetCallerIdentity"):
		return &rule{
			"no permissions are required, and an explicit deny does not count", "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
		}
	case q.is("sts:GetSessionToken") && (q.Principal.isUser() && !q.sessionToken() || q.Principal.isRoot()):
		return &rule{
			"no permissions are required: policies do not control how a user authenticates", "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html",
		}
	}
	return nil
}

// neverPasses is the rule by which AWS refuses what no statement denies; nil where
// there is none.
func (q question) neverPasses() *rule {
	for _, of := range []func() *rule{q.rootAssumes, q.tokenLimits, q.protectedRole, q.managedByAWS} {
		if r := of(); r != nil {
			return r
		}
	}
	return nil
}

// rootAssumes keeps root users from assuming roles.
func (q question) rootAssumes() *rule {
	if q.Principal.isRoot() && q.is("sts:AssumeRole") {
		return &rule{"roles may not be assumed by root users", "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"}
	}
	return nil
}

// tokenLimits is what temporary credentials can't call.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func (q question) tokenLimits() *rule {
	inSTS, inIAM := q.isService("sts"), q.isService("iam")
	withMFA := strings.EqualFold(q.Context.first("aws:MultiFactorAuthPresent"), "true")
	switch {
	case q.sessionToken() && inSTS && !q.is("sts:AssumeRole"):
		return &rule{"credentials of GetSessionToken call no STS operation but AssumeRole and GetCallerIdentity", pageTokens}
	case q.sessionToken() && inIAM && !withMFA:
		return &rule{"credentials of GetSessionToken call IAM only with multi-factor authentication", pageTokens}
	case q.Principal.isFederatedUser() && (inSTS || inIAM):
		return &rule{"credentials of GetFederationToken call neither IAM nor any STS operation but GetCallerIdentity", pageTokens}
	case q.Principal.isSession() && (q.is("sts:GetSessionToken") || q.is("sts:GetFederationToken")):
		return &rule{"credentials of a role call neither GetFederationToken nor GetSessionToken", pageTokens}
	}
	return nil
}

// sessionToken reports whether a user's credentials are those of GetSessionToken. Both
// keys are there only with temporary credentials.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
func (q question) sessionToken() bool {
	return q.Principal.isUser() &&
		(len(q.Context.Values("aws:TokenIssueTime")) > 0 || len(q.Context.Values("aws:MultiFactorAuthPresent")) > 0)
}

// protectedRole keeps the roles that Identity Center and other services own from
// being changed by anybody but a service-linked role.
//
// See https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-service-linked-role.html
func (q question) protectedRole() *rule {
	changes := []string{
		"attachrolepolicy", "detachrolepolicy", "putrolepolicy", "deleterolepolicy", "updateassumerolepolicy", "deleterole",
		"putrolepermissionsboundary", "deleterolepermissionsboundary",
	}
	a, _ := arn.Parse(q.Resource)
	_, name, _ := strings.Cut(strings.ToLower(q.Action), ":")
	if !q.isService("iam") || a.Service != "iam" || q.serviceLinked() {
		return nil
	}
	switch {
	case strings.HasPrefix(a.Resource, "role/aws-reserved/sso.amazonaws.com/") &&
		(slices.Contains(changes, name) || slices.Contains([]string{"updaterole", "updateroledescription", "tagrole", "untagrole"}, name)):
		return &rule{"roles of permission sets are changed by Identity Center alone", "https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html"}
	case strings.HasPrefix(a.Resource, "role/aws-service-role/") && slices.Contains(changes, name):
		return &rule{"the policies of a service-linked role are changed by its service alone", guide + "id_roles_update-service-linked-role.html"}
	}
	return nil
}

// managedByAWS keeps AWS's own policies from being changed.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies
func (q question) managedByAWS() *rule {
	a, _ := arn.Parse(q.Resource)
	changes := []string{"iam:createpolicyversion", "iam:deletepolicyversion", "iam:setdefaultpolicyversion", "iam:deletepolicy", "iam:tagpolicy", "iam:untagpolicy"}
	if a.Service != "iam" || a.Account != "aws" || !slices.Contains(changes, strings.ToLower(q.Action)) {
		return nil
	}
	return &rule{"policies that AWS manages can't be changed", guide + "access_policies_managed-vs-inline.html#aws-managed-policies"}
}

// ownerOfBucket reports whether the request is one by which the root user of a bucket's
// account gets at the bucket's policy, even where that denies it.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func (q question) ownerOfBucket() bool {
	return q.Principal.isRoot() && !q.crossAccount() &&
		(q.is("s3:GetBucketPolicy") || q.is("s3:PutBucketPolicy") || q.is("s3:DeleteBucketPolicy"))
}

// is reports whether the request is of an action.
func (q question) is(action string) bool { return strings.EqualFold(q.Action, action) }
