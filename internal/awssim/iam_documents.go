package awssim

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/policy"
)

// What IAM wants of policy documents beyond their form, and how it says so. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

// malformed is IAM's answer to a document that it does not take.
func malformed(format string, args ...any) error {
	return Errorf("MalformedPolicyDocument", format, args...)
}

// soundDocument parses what a client sent, and looks at what all kinds of
// documents have in common.
func soundDocument(text string) (*policy.Document, error) {
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, malformed("Syntax errors in policy.")
	}
	seen := map[string]bool{}
	for _, s := range doc.Statements {
		switch {
		case s.Sid != "" && !sidForm.MatchString(s.Sid):
			return nil, malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
		case s.Sid != "" && seen[s.Sid]:
			return nil, malformed("Statement IDs (SID) in a single policy must be unique.")
		case len(s.Action)+len(s.NotAction) == 0:
			return nil, malformed("Policy statement must contain actions.")
		}
		seen[s.Sid] = true
		for _, a := range slices.Concat(s.Action, s.NotAction) {
			if text := a.String(); text != "*" && !strings.Contains(text, ":") {
				return nil, malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
			}
		}
	}
	return doc, nil
}

var sidForm = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// identityPolicy is a document for users, groups and roles: about resources,
// without principals.
func identityPolicy(text string) (*policy.Document, error) {
	doc, err := soundDocument(text)
	if err != nil {
		return nil, err
	}
	for _, s := range doc.Statements {
		switch {
		case s.Principal != nil || s.NotPrincipal != nil:
			return nil, malformed("Policy document should not specify a principal.")
		case len(s.Resource)+len(s.NotResource) == 0:
			return nil, malformed("Policy statement must contain resources.")
		}
		for _, r := range slices.Concat(s.Resource, s.NotResource) {
			if text := r.String(); text != "*" && strings.Count(text, ":") < 5 && !strings.HasPrefix(text, "arn:*") {
				return nil, malformed("Resource %s must be in ARN format or \"*\".", text)
			}
		}
	}
	return doc, nil
}

// managedDocument is an identity policy of the size that a managed one may have.
func managedDocument(text string) (*policy.Document, error) {
	doc, err := identityPolicy(text)
	if err == nil {
		err = within("PolicySize", policySize(doc), maxManaged)
	}
	return doc, err
}

// trustPolicy is a document that says who may assume a role. Users and roles
// that it names must be there, where the World has their account.
func (w *World) trustPolicy(text string) (*policy.Document, error) {
	doc, err := soundDocument(text)
	if err != nil {
		return nil, err
	}
	for _, s := range doc.Statements {
		switch {
		case s.Resource != nil || s.NotResource != nil:
			return nil, malformed("Has prohibited field Resource")
		case s.Principal == nil && s.NotPrincipal == nil:
			return nil, malformed("Missing required field Principal")
		}
		for _, a := range slices.Concat(s.Action, s.NotAction) {
			if !strings.HasPrefix(strings.ToLower(a.String()), "sts:") {
				return nil, malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
		if s.Principal == nil {
			continue
		}
		for _, arn := range s.Principal.AWS {
			if !w.trustworthy(arn) {
				return nil, malformed("Invalid principal in policy: \"AWS\":\"%s\"", arn)
			}
		}
	}
	return doc, within("ACLSizePerRole", policySize(doc), maxTrust)
}

var (
	accountForm   = regexp.MustCompile(`^\d{12}$|^(AIDA|AROA|ASIA)[A-Z0-9]+$|^\*$`)
	principalForm = regexp.MustCompile(`^arn:[\w-]+:(iam|sts)::(\d{12}):(root|(user|role|assumed-role|federated-user)/.+)$`)
)

// trustworthy tells whether a principal of a trust policy is one. The World is
// locked.
func (w *World) trustworthy(name string) bool {
	parts := principalForm.FindStringSubmatch(name)
	if parts == nil {
		return accountForm.MatchString(name)
	}
	a := w.accounts[parts[2]]
	if a == nil {
		return true
	}
	last := name[strings.LastIndex(name, "/")+1:]
	switch parts[4] {
	case "user":
		return a.users[last] != nil && a.users[last].ARN == name
	case "role":
		return a.roles[last] != nil && a.roles[last].ARN == name
	}
	return true
}

// policySize counts a document as quotas do: without white space.
func policySize(doc *policy.Document) int {
	n := 0
	for _, c := range doc.Raw() {
		if !strings.ContainsRune(" \t\r\n", rune(c)) {
			n++
		}
	}
	return n
}
