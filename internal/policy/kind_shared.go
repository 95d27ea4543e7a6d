package policy

import (
	"slices"
	"strings"
)

// gitHub is the identity provider of all of GitHub's users.
const gitHub = "token.actions.githubusercontent.com"

// checkShared refuses a statement that trusts everybody who has an account with GitHub:
// one that allows its tokens without a condition on whose they are.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
func checkShared(s *Statement) error {
	trusted := slices.ContainsFunc(s.Principal.Federated, func(name string) bool {
		return name == gitHub || strings.HasSuffix(name, ":oidc-provider/"+gitHub)
	})
	if s.Effect != Allow || !trusted || slices.ContainsFunc(s.Conditions, limitsSubject) {
		return nil
	}
	return refuse(s.at("Condition"), "Missing or invalid condition key %s:sub for the identity provider %s", gitHub, gitHub)
}

// limitsSubject reports whether a condition wants the subject to be one of some, and
// not any.
func limitsSubject(c Condition) bool {
	if !strings.EqualFold(c.Key, gitHub+":sub") || c.Over == OverAll || c.IfExists || c.Negated() || !strings.HasPrefix(c.Base, "String") {
		return false
	}
	return len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return strings.Trim(v, "*?") == "" })
}
