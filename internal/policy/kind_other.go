package policy

import (
	"errors"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// checkServiceControl takes the whole language but principals.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
func checkServiceControl(d *Document) error {
	if err := checkCommon(d); err != nil || d.Version != current {
		return refuse(fieldOf(err, "Version"), unfitForOrganizations)
	}
	for _, s := range d.Statements {
		switch {
		case s.Principal != nil || s.NotPrincipal != nil:
			return refuse(s.at("Principal"), unfitForOrganizations)
		case len(s.Resource)+len(s.NotResource) == 0:
			return refuse(s.at("Resource"), unfitForOrganizations)
		}
	}
	return nil
}

// fieldOf is where a fault is; or else, where there is none.
func fieldOf(err error, other string) string {
	if err == nil {
		return other
	}
	return fault.From(err).Field
}

// resourceControlled are the prefixes of the services whose actions a resource
// control policy may name.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func resourceControlled() []string {
	return []string{"s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss", "cognito-idp", "cognito-identity", "logs", "dynamodb"}
}

// checkResourceControl takes statements that deny everybody something.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func checkResourceControl(d *Document) error {
	if err := checkCommon(d); err != nil || d.Version != current {
		return refuse(fieldOf(err, "Version"), unfitForOrganizations)
	}
	for _, s := range d.Statements {
		switch {
		case s.Effect != Deny:
			return refuse(s.at("Effect"), unfitForOrganizations)
		case s.Principal == nil || !s.Principal.onlyEveryone():
			return refuse(s.at("Principal"), unfitForOrganizations)
		case s.NotAction != nil:
			return refuse(s.at("NotAction"), unfitForOrganizations)
		case len(s.Resource)+len(s.NotResource) == 0:
			return refuse(s.at("Resource"), unfitForOrganizations)
		}
		for _, a := range s.Action {
			service, _, _ := strings.Cut(strings.ToLower(a), ":")
			if !slices.Contains(resourceControlled(), service) {
				return refuse(s.at("Action"), unfitForOrganizations)
			}
		}
	}
	return nil
}

func (p *Principals) onlyEveryone() bool {
	return p.Everyone && len(p.AWS)+len(p.Service)+len(p.Federated)+len(p.CanonicalUser) == 0
}

// bucketSyntax is what S3 says of a document that breaks the common grammar.
func bucketSyntax(f *fault.Error) string {
	field := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
	switch {
	case errors.Is(f, unknownElement):
		return "Unknown field " + field
	case errors.Is(f, lacksElement):
		return "Missing required field " + field
	case errors.Is(f, lacksEffect):
		return "Missing required field Effect"
	case errors.Is(f, lacksAction):
		return "Missing required field Action"
	case errors.Is(f, badAction):
		return "Policy has invalid action"
	case errors.Is(f, badOperator):
		return "Invalid Condition type : " + field
	default:
		return "Policies must be valid JSON and the first byte must be '{'"
	}
}

// checkBucket is for S3. That the resources are the bucket's own is for who knows
// the bucket.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func checkBucket(d *Document) error {
	if len(d.Statements) == 0 {
		return refuse("Statement", "Statement is empty!")
	}
	for _, s := range d.Statements {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return refuse(s.at("Principal"), "Missing required field Principal")
		case s.NotPrincipal != nil && s.Effect == Allow:
			return refuse(s.at("NotPrincipal"), "Allow with NotPrincipal is not allowed.")
		case len(s.Resource)+len(s.NotResource) == 0:
			return refuse(s.at("Resource"), "Missing required field Resource")
		case len(s.Action)+len(s.NotAction) == 0:
			return refuse(s.at("Action"), "Missing required field Action")
		case !soundPrincipals(s):
			return refuse(s.at("Principal"), "Invalid principal in policy")
		}
		for _, a := range slices.Concat(s.Action, s.NotAction) {
			if service, _, ok := strings.Cut(strings.ToLower(a), ":"); ok && service != "s3" && service != "*" {
				return refuse(s.at("Action"), "Policy has invalid action")
			}
		}
		for _, r := range slices.Concat(s.Resource, s.NotResource) {
			if parts := strings.SplitN(r, ":", 6); r != "*" && (len(parts) < 6 || parts[0] != "arn" || parts[2] != "s3") {
				return refuse(s.at("Resource"), "Policy has invalid resource")
			}
		}
	}
	return nil
}

// soundPrincipals reports whether the principals have forms that there are.
func soundPrincipals(s *Statement) bool {
	p := s.Principal
	if p == nil {
		p = s.NotPrincipal
	}
	bad := func(name string) bool { return !principalForm.MatchString(name) }
	empty := !p.Everyone && len(p.AWS)+len(p.Service)+len(p.Federated)+len(p.CanonicalUser) == 0
	return !empty && !slices.ContainsFunc(p.AWS, bad)
}

// checkResource is for resources whose service has no list of its own here: there
// are principals and actions, and resources but where the resource is meant anyway.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
func checkResource(k Kind, d *Document) error {
	if len(d.Statements) == 0 {
		return refuse("Statement", "%s", k.syntaxMessage(nil))
	}
	for _, s := range d.Statements {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return refuse(s.at("Principal"), "%s", k.syntaxMessage(nil))
		case !soundPrincipals(s):
			return refuse(s.at("Principal"), "%s", k.principalMessage())
		case s.NotPrincipal != nil && s.Effect == Allow:
			return refuse(s.at("NotPrincipal"), "%s", k.syntaxMessage(nil))
		case len(s.Action)+len(s.NotAction) == 0:
			return refuse(s.at("Action"), "%s", k.syntaxMessage(nil))
		}
	}
	return nil
}

func (k Kind) principalMessage() string {
	switch k {
	case Key:
		return "Policy contains a statement with one or more invalid principals."
	case Secret:
		return "This resource policy contains an unsupported principal."
	default:
		return k.syntaxMessage(nil)
	}
}
