package setup

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Form is how a policy is attached, which decides how large it may be.
type Form string

// The forms.
const (
	Managed     Form = "managed"
	InlineUser  Form = "inline-user"
	InlineGroup Form = "inline-group"
	InlineRole  Form = "inline-role"
)

// limits are the numbers of characters that the documents of a form may have, without
// white space: of each managed policy, and of all inline policies of an identity.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
var limits = map[Form]int{Managed: 6144, InlineUser: 2048, InlineGroup: 5120, InlineRole: 10240}

// maxManaged is how many managed policies an identity may have by default.
const maxManaged = 10

// Policy is one policy to create.
type Policy struct {
	// Name is a name for the policy in IAM.
	Name string
	// Document is the policy as indented JSON.
	Document []byte
	// Size is the number of characters that IAM counts: those that are not white space.
	Size int
}

// Policies returns the policies that allow some uses, and no more than the scope. There
// is one, or several where a managed policy would be too large. The error is Invalid if
// the form can't hold them.
func Policies(name string, form Form, s Scope, uses []Use) ([]Policy, error) {
	limit, ok := limits[form]
	if !ok {
		return nil, fault.New(fault.Invalid, "%q is not a form of a policy", form).At("form").
			WithFix("give managed, inline-user, inline-group or inline-role")
	}
	parts, err := split(statements(s.grants(uses)), limit)
	if err != nil {
		return nil, err
	}
	if err := enough(form, parts, limit); err != nil {
		return nil, err
	}
	all := make([]Policy, len(parts))
	for i, part := range parts {
		all[i] = Policy{Name: name, Size: size(part)}
		if len(parts) > 1 {
			all[i].Name = fmt.Sprintf("%s-%d", name, i+1)
		}
		if all[i].Document, err = json.MarshalIndent(newDocument(part), "", "  "); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a policy can't be encoded")
		}
	}
	return all, nil
}

// enough refuses parts that an identity can't have.
func enough(form Form, parts [][]statement, limit int) error {
	switch {
	case form == Managed && len(parts) > maxManaged:
		return fault.New(fault.Invalid, "the policy needs %d managed policies", len(parts)).At("for").
			WithCause("an identity has at most %d by default", maxManaged).
			WithFix("choose fewer features, or ask AWS for a higher quota of managed policies per role")
	case form != Managed && len(parts) > 1:
		sum := 0
		for _, part := range parts {
			sum += size(part)
		}
		return fault.New(fault.Invalid, "the policy has %d characters, and the inline policies of one identity at most %d", sum, limit).At("form").
			WithCause("the limit is the sum over all inline policies, so that several would not help").
			WithFix("create managed policies, or choose fewer features")
	}
	return nil
}

// size returns how many characters IAM counts of a document.
func size(part []statement) int {
	text, _ := json.Marshal(newDocument(part)) // texts, lists and maps of texts
	return len([]rune(string(text)))
}

// split distributes statements over as few documents as their order allows. A statement
// that is too large for one document is divided at its actions, then at its resources.
func split(all []statement, limit int) ([][]statement, error) {
	var parts [][]statement
	var part []statement
	for len(all) > 0 {
		next := all[0]
		if size(append(slices.Clone(part), next)) <= limit {
			part, all = append(part, next), all[1:]
			continue
		}
		if len(part) > 0 {
			parts, part = append(parts, part), nil
			continue
		}
		first, second, ok := halve(next)
		if !ok {
			return nil, fault.New(fault.Invalid, "the resource of %s alone is too long for a policy", next.Action[0]).
				WithCause("a document of this form has at most %d characters", limit).WithFix("give shorter names or prefixes")
		}
		all = append([]statement{first, second}, all[1:]...)
	}
	if len(part) > 0 {
		parts = append(parts, part)
	}
	return parts, nil
}

// halve divides a statement in two.
func halve(st statement) (first, second statement, ok bool) {
	first, second = st, st
	if n := len(st.Action) / 2; n > 0 {
		first.Action, second.Action = st.Action[:n], st.Action[n:]
		return first, second, true
	}
	if n := len(st.Resource) / 2; n > 0 {
		first.Resource, second.Resource = st.Resource[:n], st.Resource[n:]
		return first, second, true
	}
	return st, st, false
}
