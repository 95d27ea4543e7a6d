package policy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

func itoa(n int) string { return strconv.Itoa(n) }

// checkIdentity is for policies of users, groups and roles, and for what limits
// them: about resources, without principals.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func checkIdentity(k Kind, d *Document) error {
	if k == Managed && (!d.named || d.Version != current) {
		return refuse("Version", "Policy document must be version 2012-10-17 or greater.")
	}
	if err := checkCommon(d); err != nil {
		return err
	}
	for _, s := range d.Statements {
		switch {
		case s.Principal != nil || s.NotPrincipal != nil:
			return refuse(s.at("Principal"), "Policy document should not specify a principal.")
		case len(s.Resource)+len(s.NotResource) == 0:
			return refuse(s.at("Resource"), "Policy statement must contain resources.")
		}
		for _, r := range slices.Concat(s.Resource, s.NotResource) {
			if why := resourceRefusal(r); why != "" {
				return refuse(s.at("Resource"), "%s", why)
			}
		}
	}
	return nil
}

// iamPaths are the beginnings that a resource of IAM may have.
const iamPaths = "user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/"

// resourceRefusal says what is wrong with the form of a resource; empty for none.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func resourceRefusal(r string) string {
	if strings.Trim(r, "*") == "" && r != "" {
		return ""
	}
	parts := strings.SplitN(r, ":", 6)
	if len(parts) < 2 || parts[0] != "arn" && parts[0] != "*" {
		return "Resource " + r + ` must be in ARN format or "*".`
	}
	if p := parts[1]; !strings.Contains(p, "*") && !slices.Contains(partitions(), p) {
		rest := append(slices.Clone(parts[2:]), "*", "*", "*", "*")
		return `Partition "` + p + `" is not valid for resource "arn:` + p + ":" + strings.Join(rest[:4], ":") + `".`
	}
	if len(parts) < 3 {
		if strings.HasSuffix(r, "*") {
			return ""
		}
		return "Resource vendor must be fully qualified and cannot contain regexes."
	}
	if len(parts) < 6 {
		if strings.HasSuffix(r, "*") { // it stands for all that follows
			return ""
		}
		return "The policy failed legacy parsing"
	}
	return placeRefusal(r, parts)
}

// placeRefusal looks at what IAM and S3 want of their own resources.
func placeRefusal(r string, parts []string) string {
	service, region, resource := parts[2], parts[3], parts[5]
	switch {
	case service == "iam" && region != "" && region != "*":
		return "IAM resource " + r + " cannot contain region information."
	case service == "s3" && region != "" && region != "*" && !strings.HasPrefix(resource, "accesspoint/") && !strings.HasPrefix(resource, "job/") && !strings.HasPrefix(resource, "storage-lens"):
		return "Resource " + r + " can not contain region information."
	case service == "iam" && !strings.Contains(resource, "*") && resource != "root" && !hasOneOf(resource, strings.Split(iamPaths, ", ")):
		return `IAM resource path must either be "*" or start with ` + iamPaths + "."
	}
	return ""
}

func hasOneOf(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func partitions() []string {
	return []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}
}

// checkTrust is for who may assume a role. Whether the principals exist is not a
// matter of grammar.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
// and, for NotPrincipal, which a trust policy cannot have,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func checkTrust(d *Document) error {
	if err := checkCommon(d); err != nil {
		return err
	}
	for _, s := range d.Statements {
		switch {
		case s.Resource != nil || s.NotResource != nil:
			return refuse(s.at("Resource"), "Has prohibited field Resource")
		case s.NotPrincipal != nil:
			return refuse(s.at("NotPrincipal"), "Has prohibited field NotPrincipal")
		case s.Principal == nil:
			return refuse(s.at("Principal"), "Missing required field Principal")
		}
		for _, a := range slices.Concat(s.Action, s.NotAction) {
			if _, ok := cutFold(a, "sts:"); !ok {
				return refuse(s.at("Action"), "AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
		for _, name := range s.Principal.AWS {
			if !principalForm.MatchString(name) {
				return refuse(s.at("Principal.AWS"), `Invalid principal in policy: "AWS":"%s"`, name)
			}
		}
		for _, name := range s.Principal.Federated {
			if strings.HasPrefix(name, "arn:") && !isProvider(name) {
				return refuse(s.at("Principal.Federated"), "Federated principals must be valid domain names or SAML metadata ARNs")
			}
		}
		if err := checkShared(s); err != nil {
			return err
		}
		if len(s.Principal.CanonicalUser) > 0 {
			return refuse(s.at("Principal.CanonicalUser"), `Invalid principal in policy: "CanonicalUser":"%s"`, s.Principal.CanonicalUser[0])
		}
	}
	return nil
}

// principalForm is what an AWS principal looks like: everyone, an account, a unique
// id or an ARN without wildcards.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
var principalForm = regexp.MustCompile(`^(\*|\d{12}|(AIDA|AROA|ASIA|AGPA)[A-Z0-9]+|` +
	`arn:[a-z-]+:iam::\d{12}:(root|(user|role)/[^*?]+)|` +
	`arn:[a-z-]+:sts::\d{12}:(assumed-role/[^/*?]+/[^/*?]+|federated-user/[^*?]+|assumed-root))$`)

func isProvider(name string) bool {
	a, ok := arn.Parse(name)
	return ok && a.Service == "iam" && (strings.HasPrefix(a.Resource, "saml-provider/") || strings.HasPrefix(a.Resource, "oidc-provider/"))
}
