package reference

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

func (c caseJSON) policies() (p Policies, err error) {
	if p.Identity, err = readPolicies(c.Identity, "identityPolicies"); err != nil {
		return p, err
	}
	if p.Boundaries, err = readPolicies(c.Boundaries, "permissionBoundaries"); err != nil {
		return p, err
	}
	if p.Endpoint, err = readPolicies(c.Endpoint, "endpointPolicies"); err != nil {
		return p, err
	}
	if given(c.Session) {
		if p.Session, err = readPolicies(oneOrMore(c.Session), "sessionPolicy"); err != nil {
			return p, err
		}
	}
	if given(c.Resource) {
		named, err := readPolicy(c.Resource, "resourcePolicy")
		if err != nil {
			return p, err
		}
		p.ResourcePolicy = &named
	}
	if p.ServiceControl, err = readLevels(c.ServiceControl, "serviceControlPolicies"); err != nil {
		return p, err
	}
	p.ResourceControl, err = readLevels(c.ResourceControl, "resourceControlPolicies")
	return p, err
}

// given reports whether a member is there and not null.
func given(raw json.RawMessage) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) }

func oneOrMore(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return []json.RawMessage{raw}
}

func readLevels(levels []levelJSON, where string) ([]Level, error) {
	var all []Level
	for i, l := range levels {
		if l.Policies == nil {
			return nil, fault.New(fault.Invalid, "%s[%d] has no list of policies", where, i).
				WithFix(`write each level as {"orgIdentifier": ..., "policies": [...]}; an empty list allows nothing`)
		}
		policies, err := readPolicies(l.Policies, fmt.Sprintf("%s[%d].policies", where, i))
		if err != nil {
			return nil, err
		}
		all = append(all, Level{ID: l.ID, Policies: policies})
	}
	return all, nil
}

// readPolicies gives nil for a list that is missing, and only for that.
func readPolicies(list []json.RawMessage, where string) ([]Named, error) {
	if list == nil {
		return nil, nil
	}
	all := []Named{}
	for i, raw := range list {
		named, err := readPolicy(raw, fmt.Sprintf("%s[%d]", where, i))
		if err != nil {
			return nil, err
		}
		all = append(all, named)
	}
	return all, nil
}

// readPolicy reads a document, or {name, policy}. A policy without a name has its
// place for one.
func readPolicy(raw json.RawMessage, where string) (Named, error) {
	var wrapped struct {
		Name   string          `json:"name"`
		Policy json.RawMessage `json:"policy"`
	}
	name := where
	if json.Unmarshal(raw, &wrapped) == nil && given(wrapped.Policy) {
		if err := onlyNamed(raw, where); err != nil {
			return Named{}, err
		}
		raw = wrapped.Policy
		if wrapped.Name != "" {
			name = wrapped.Name
		}
	}
	doc, err := policy.Parse(raw)
	if err != nil {
		return Named{}, fault.Wrap(err, fault.Invalid, "%s is not a policy", where).WithCause("%v", err)
	}
	return Named{name, doc}, nil
}

// onlyNamed refuses members beside name and policy, such as the statements of a policy
// that would not be read.
func onlyNamed(raw json.RawMessage, where string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return bad(where, err)
	}
	for name := range members {
		if name != "name" && name != "policy" {
			return fault.New(fault.Invalid, "%s has the member %s beside policy", where, name).WithFix(`give a policy, or {"name": ..., "policy": ...}`)
		}
	}
	return nil
}
