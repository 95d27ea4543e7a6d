package awssim

import (
	"regexp"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

// IAM's requirements for policy documents beyond the grammar, and its messages.
// See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

// malformed is IAM's answer to a document that it does not accept.
func malformed(format string, args ...any) error {
	return Errorf("MalformedPolicyDocument", format, args...)
}

// document parses a document of some kind from a client, and refuses it with
// IAM's message.
func document(kind policy.Kind, text string) (*policy.Document, error) {
	doc, err := policy.ParseAs(kind, []byte(text))
	if err != nil {
		return nil, malformed("%s", fault.From(err).Message)
	}
	return doc, nil
}

// identityPolicy returns an inline document of a user, group or role.
func identityPolicy(text string) (*policy.Document, error) { return document(policy.Identity, text) }

// managedDocument returns an identity policy of the size that a managed one may
// have.
func managedDocument(text string) (*policy.Document, error) {
	doc, err := document(policy.Managed, text)
	if err == nil {
		err = within("PolicySize", policySize(doc), maxManaged)
	}
	return doc, err
}

// trustPolicy returns a document that says who may assume a role. Users and roles
// that it names must exist, if the World has their account.
func (w *World) trustPolicy(text string) (*policy.Document, error) {
	doc, err := document(policy.Trust, text)
	if err != nil {
		return nil, err
	}
	for _, s := range doc.Statements {
		for _, arn := range s.Principal.AWS {
			if !w.trustworthy(arn) {
				return nil, malformed("Invalid principal in policy: \"AWS\":\"%s\"", arn)
			}
		}
		for _, name := range s.Principal.Service {
			if !IsServicePrincipal(name) {
				return nil, malformed("Invalid principal in policy: \"SERVICE\":\"%s\"", name)
			}
		}
	}
	return doc, within("ACLSizePerRole", policySize(doc), maxTrust)
}

// servicePrincipalForm is what the names of services look like. AWS publishes no list of
// them, so that a name in this form is taken to be a service's.
var servicePrincipalForm = regexp.MustCompile(`^([A-Za-z0-9-]+\.)+(amazonaws\.com|amazonaws\.com\.cn|amazon\.com)$`)

// IsServicePrincipal reports whether a policy may name a service by this name.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
func IsServicePrincipal(name string) bool { return servicePrincipalForm.MatchString(name) }

var principalForm = regexp.MustCompile(`^arn:[\w-]+:(iam|sts)::(\d{12}):(root|(user|role|assumed-role|federated-user)/.+)$`)

// HasPrincipal reports whether a user or role that a resource's policy names is there and
// known to services other than IAM. Nobody knows that of accounts that the World does not
// have.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
func (w *World) HasPrincipal(name string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	found, _ := w.entity(name)
	return w.trustworthy(name) && !w.Clock.Now().Before(found.known)
}

// trustworthy reports whether a user or role that a trust policy names is there, and for
// a role's session the role. The World is locked.
func (w *World) trustworthy(name string) bool {
	if _, ok := w.entity(name); ok {
		return true
	}
	parts := principalForm.FindStringSubmatch(name)
	if parts == nil || w.accounts[parts[2]] == nil {
		return !uniqueIDForm.MatchString(name)
	}
	switch parts[4] {
	case "user", "role":
		return false
	case "assumed-role":
		role, _, _ := strings.Cut(strings.TrimPrefix(parts[3], "assumed-role/"), "/")
		return w.accounts[parts[2]].roles[role] != nil
	}
	return true
}

// policySize is the size of a document for quotas: without white space.
func policySize(doc *policy.Document) int {
	n := 0
	for _, c := range doc.Raw() {
		if !strings.ContainsRune(" \t\r\n", rune(c)) {
			n++
		}
	}
	return n
}
