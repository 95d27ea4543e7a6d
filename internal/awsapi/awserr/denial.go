package awserr

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// Denial is what AWS says about a refusal.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
type Denial struct {
	Principal string
	Action    string
	Resource  string
	// PolicyKind is the kind of policy that refused, in fault.Error's words.
	PolicyKind string
	// Explicit distinguishes a Deny statement from a missing Allow.
	Explicit bool
}

// policyKinds are AWS's words for kinds of policies, and ours.
var policyKinds = []struct{ words, kind string }{
	{"identity-based policy", "identity-based"},
	{"resource-based policy", "resource-based"},
	{"permissions boundary", "permissions boundary"},
	{"session policy", "session"},
	{"service control policy", "service control"},
	{"resource control policy", "resource control"},
	{"VPC endpoint policy", "VPC endpoint"},
}

// ParseDenial takes apart the message of an AccessDenied. Fields that the
// message does not have in AWS's documented form stay empty.
func ParseDenial(message string) Denial {
	var d Denial
	d.Principal = word(message, "User: ")
	d.Action = word(message, "is not authorized to perform: ")
	d.Resource = strings.Trim(word(message, "on resource: "), `"`)
	if !strings.Contains(d.Action, ":") {
		d.Action = ""
	}
	if !arn.Is(d.Principal) {
		d.Principal = ""
	}
	if !arn.Is(d.Resource) && d.Resource != "*" {
		d.Resource = ""
	}
	_, tail, explicit := strings.Cut(message, "with an explicit deny in a")
	if d.Explicit = explicit; !explicit {
		_, tail, _ = strings.Cut(message, "because no ")
	}
	tail = strings.TrimPrefix(strings.TrimPrefix(tail, "n"), " ")
	for _, k := range policyKinds {
		if strings.HasPrefix(tail, k.words) {
			d.PolicyKind = k.kind
		}
	}
	return d
}

// word returns what follows a label, up to the next space.
func word(text, label string) string {
	_, after, ok := strings.Cut(text, label)
	if !ok {
		return ""
	}
	if end := strings.IndexAny(after, " \t\r\n"); end >= 0 {
		after = after[:end]
	}
	return after
}

// Statement returns the policy statement, as JSON, that allows an action on
// resources; on every resource where none is named.
func Statement(action string, resources ...string) string {
	var on any = slices.DeleteFunc(slices.Clone(resources), func(r string) bool { return r == "" })
	switch named := on.([]string); len(named) {
	case 0:
		on = "*"
	case 1:
		on = named[0]
	}
	raw, err := json.Marshal(struct {
		Effect, Action string
		Resource       any
	}{"Allow", action, on})
	if err != nil {
		return "" // plain strings always encode
	}
	return string(raw)
}

// cause says what refused.
func (d Denial) cause() string {
	kind := d.PolicyKind
	switch {
	case kind == "":
		return "AWS does not say which policy: none allows the action, or one denies it"
	case kind != "permissions boundary":
		kind += " policy"
	}
	if d.Explicit {
		return "a " + kind + " denies the action"
	}
	return "no " + kind + " allows the action"
}

// fix says where the statement belongs.
func (d Denial) fix() string {
	switch {
	case d.Explicit && d.PolicyKind != "":
		return "a Deny statement in a " + d.PolicyKind + " policy refuses this: ask its owner to narrow it; no Allow can overrule it"
	case d.PolicyKind == "" || d.PolicyKind == "identity-based":
		return "add the statement to an identity-based policy of " + d.who()
	case d.PolicyKind == "resource-based":
		return "add the statement, with " + d.who() + " as Principal, to the resource's own policy"
	case d.PolicyKind == "session":
		return "the session policy of the assumed role leaves this out: add the statement to the connection's policy setting"
	case d.PolicyKind == "permissions boundary":
		return "the permissions boundary of " + d.who() + " leaves this out: add the statement to the boundary too"
	default:
		return "no " + d.PolicyKind + " policy lets this through: ask whoever runs the organization or the endpoint to add the statement"
	}
}

func (d Denial) who() string {
	if d.Principal == "" {
		return "the connection's role or user"
	}
	return d.Principal
}
