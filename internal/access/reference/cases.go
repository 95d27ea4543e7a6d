package reference

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// Result is what comes of a case. Decision and proof are missing where the case can't
// be read, and Error says why.
type Result struct {
	// ID is as it stands in the case, or else the case's place.
	ID       json.RawMessage `json:"id"`
	Decision Decision        `json:"decision,omitempty"`
	Proof    *Proof          `json:"proof,omitempty"`
	Error    string          `json:"error,omitempty"`
}

// Cases reads one case or an array of them, and decides each. The results are in the
// order of the cases. The error is of kind Invalid: the text is not JSON of that form.
func Cases(data []byte) ([]Result, error) {
	var list []json.RawMessage
	trimmed := bytes.TrimSpace(data)
	var err error
	if bytes.HasPrefix(trimmed, []byte("[")) {
		err = json.Unmarshal(trimmed, &list)
	} else {
		list = []json.RawMessage{trimmed}
		if !json.Valid(trimmed) {
			var raw json.RawMessage
			err = json.Unmarshal(trimmed, &raw)
		}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the cases are not JSON").WithCause("%v", err).WithFix("give an object or an array of them; see docs/access-eval.md")
	}
	results := make([]Result, len(list))
	for i, raw := range list {
		results[i] = decideCase(raw, i)
	}
	return results, nil
}

func decideCase(raw json.RawMessage, index int) Result {
	result := Result{ID: idOf(raw, index)}
	r, p, err := readCase(raw)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	v := Decide(r, p)
	result.Decision, result.Proof = v.Decision, &v.Proof
	return result
}

// idOf is a case's own id, or else its place.
func idOf(raw json.RawMessage, index int) json.RawMessage {
	var named struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &named) != nil || !given(named.ID) {
		return json.RawMessage(strconv.Itoa(index))
	}
	return named.ID
}

// Name is the id as a text.
func (r Result) Name() string {
	var text string
	if json.Unmarshal(r.ID, &text) == nil {
		return text
	}
	return string(r.ID)
}

// caseJSON is the form of a case.
type caseJSON struct {
	Request struct {
		Principal *string `json:"principal"`
		Action    string  `json:"action"`
		Resource  struct {
			Resource  string `json:"resource"`
			AccountID string `json:"accountId"`
		} `json:"resource"`
		Context map[string]json.RawMessage `json:"context"`
	} `json:"request"`
	Identity        []json.RawMessage `json:"identityPolicies"`
	Resource        json.RawMessage   `json:"resourcePolicy"`
	Boundaries      []json.RawMessage `json:"permissionBoundaries"`
	Session         json.RawMessage   `json:"sessionPolicy"`
	ServiceControl  []levelJSON       `json:"serviceControlPolicies"`
	ResourceControl []levelJSON       `json:"resourceControlPolicies"`
	Endpoint        []json.RawMessage `json:"endpointPolicies"`
}

type levelJSON struct {
	ID       string            `json:"orgIdentifier"`
	Policies []json.RawMessage `json:"policies"`
}

// inexact is the refusal of a case that readers of JSON may read differently.
func inexact(err error) error {
	fix := "write the case in exact JSON; see docs/access-eval.md"
	var e *strictjson.Error
	if errors.As(err, &e) && e.Problem == strictjson.Twice {
		fix = "remove one of them"
	}
	return fault.Wrap(err, fault.Invalid, "%v", err).WithFix("%s", fix)
}

// readCase reads a case. Members beside its own, such as notes, have no meaning; but
// one that seems to be a misspelt list of policies is refused.
func readCase(raw json.RawMessage) (Request, Policies, error) {
	var c caseJSON
	if err := json.Unmarshal(raw, &c); err != nil {
		return Request{}, Policies{}, bad("the case", err)
	}
	if err := strictjson.Check(raw); err != nil {
		return Request{}, Policies{}, inexact(err)
	}
	if err := checkMembers(raw); err != nil {
		return Request{}, Policies{}, err
	}
	r, err := c.request()
	if err != nil {
		return Request{}, Policies{}, err
	}
	p, err := c.policies()
	return r, p, err
}

func bad(what string, err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		at := what
		if wrong.Field != "" {
			at = wrong.Field
		}
		return fault.Wrap(err, fault.Invalid, "%s can't be a JSON %s", at, wrong.Value).WithFix("see docs/access-eval.md for the form")
	}
	return fault.Wrap(err, fault.Invalid, "%s does not have the form that it must have", what).WithCause("%v", err)
}

// checkMembers refuses what would be passed over in silence and change the decision.
func checkMembers(raw json.RawMessage) error {
	var members, request map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return bad("the case", err)
	}
	known := []string{
		"identityPolicies", "resourcePolicy", "permissionBoundaries", "sessionPolicy",
		"serviceControlPolicies", "resourceControlPolicies", "endpointPolicies",
	}
	for name := range members {
		if lower := strings.ToLower(name); !slices.Contains(known, name) && (strings.Contains(lower, "polic") || strings.Contains(lower, "boundar")) {
			return fault.New(fault.Invalid, "there is no member %s", name).WithFix("the lists of policies are %s", strings.Join(known, ", "))
		}
	}
	if members["request"] == nil {
		return fault.New(fault.Invalid, "the case has no request")
	}
	if err := json.Unmarshal(members["request"], &request); err != nil {
		return bad("request", err)
	}
	for name := range request {
		if !slices.Contains([]string{"principal", "action", "resource", "context"}, name) {
			return fault.New(fault.Invalid, "there is no member request.%s", name).WithFix("a request has principal, action, resource and context")
		}
	}
	return nil
}

func (c caseJSON) request() (Request, error) {
	if service, name, ok := strings.Cut(c.Request.Action, ":"); !ok || service == "" || name == "" {
		return Request{}, fault.New(fault.Invalid, "request.action must be like s3:GetObject, not %q", c.Request.Action)
	}
	principal := ""
	if c.Request.Principal != nil {
		principal = *c.Request.Principal
	}
	ctx := Context{}
	for key, raw := range c.Request.Context {
		values, err := contextValues(raw)
		if err != nil {
			return Request{}, bad("request.context."+key, err)
		}
		ctx[key] = values
	}
	web := strings.EqualFold(c.Request.Action, "sts:AssumeRoleWithWebIdentity") || strings.EqualFold(c.Request.Action, "sts:AssumeRoleWithSAML")
	return Request{
		Principal: ParsePrincipal(principal, web), Action: c.Request.Action,
		Resource: c.Request.Resource.Resource, ResourceAccount: c.Request.Resource.AccountID, Context: ctx,
	}, nil
}

// contextValues reads a value or an array of values: texts, numbers and booleans.
func contextValues(raw json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if raw = bytes.TrimSpace(raw); bytes.HasPrefix(raw, []byte("[")) {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	} else if !bytes.Equal(raw, []byte("null")) {
		list = []json.RawMessage{raw}
	}
	values := make([]string, len(list))
	for i, one := range list {
		switch one = bytes.TrimSpace(one); one[0] {
		case '"':
			if err := json.Unmarshal(one, &values[i]); err != nil {
				return nil, err
			}
		case '{', '[', 'n':
			return nil, fault.New(fault.Invalid, "a value is a text, a number or a boolean")
		default:
			values[i] = string(one)
		}
	}
	return values, nil
}
