package snapshot

import (
	"bytes"
	"encoding/json"
	"maps"
)

// ChangeClass is what a change is about.
type ChangeClass string

// The classes: how something is configured, or when it was used last.
const (
	Config ChangeClass = "config"
	Use    ChangeClass = "use"
)

// usage are the members of bodies that say when something was used last.
var usage = []string{"last_used", "password_last_used"}

// Class returns what a change is about. A change of both is one of configuration.
func (c Change) Class() ChangeClass {
	before, after := fields(c.Before), fields(c.After)
	if c.Type != Changed || c.To != nil || before == nil || after == nil || bytes.Equal(c.Before, c.After) {
		return Config
	}
	for _, name := range usage {
		delete(before, name)
		delete(after, name)
	}
	if maps.EqualFunc(before, after, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		return Use
	}
	return Config
}

// OfOwnUse reports whether all that a change shows is that Hawser itself used a role or a
// key.
func (c Change) OfOwnUse() bool {
	return OwnUse(c.After) && c.Class() == Use
}

// OwnUse reports whether a body says that Hawser itself used the role or the key last.
func OwnUse(body json.RawMessage) bool {
	var of struct {
		Used *LastUsed `json:"last_used"`
	}
	return len(body) > 0 && json.Unmarshal(body, &of) == nil && of.Used != nil && of.Used.Own
}

// fields returns the members of a body; nil for one that is not an object.
func fields(body json.RawMessage) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if len(body) > 0 && json.Unmarshal(body, &members) != nil {
		return nil
	}
	return members
}
