package mcpserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// scrubber removes hidden characters from data of AWS and masks secrets in it, before
// an agent and the person behind it see the data.
type scrubber struct {
	*rules
	// reveal are the names of members whose secrets the call asked for, and its
	// profile allows.
	reveal []string
	depth  int // of JSON within JSON's texts
	// known are the names that the answer has had so far.
	known map[string]judged
}

func newScrubber() scrubber { return scrubber{rules: newRules()} }

// revealing is the scrubber for a call that asked for the secrets of some names.
func (s scrubber) revealing(names []string) scrubber {
	s.reveal = names
	return s
}

const mask = "[masked]"

// clean returns JSON without the characters that a person would not see. It masks what
// looks like a secret, and the members that are known to hold one, and says what it
// did. Invalid JSON becomes null.
func (s scrubber) clean(raw json.RawMessage, secret ...string) (json.RawMessage, string) {
	s.known = map[string]judged{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return json.RawMessage("null"), ""
	}
	var did changes
	if top, ok := v.(map[string]any); ok {
		for _, name := range secret {
			if value, ok := top[name]; ok && !s.reveals(name) {
				top[name] = s.mask(value, &did)
			}
		}
	}
	out, err := json.Marshal(s.walk(v, false, &did))
	if err != nil {
		return json.RawMessage("null"), ""
	}
	return out, did.note()
}

// text is clean for a plain text.
func (s scrubber) text(text string) string {
	s.known = map[string]judged{}
	return s.string(text, false, new(changes))
}

func (s scrubber) reveals(name string) bool { return slices.Contains(s.reveal, name) }

type changes struct{ dropped, masked int }

func (c changes) note() string {
	var parts []string
	if c.dropped > 0 {
		parts = append(parts, fmt.Sprintf("%d invisible characters were left out", c.dropped))
	}
	if c.masked > 0 {
		parts = append(parts, fmt.Sprintf("%d values that look like secrets are masked; a profile with show_secrets shows those that a call names in %s", c.masked, revealField))
	}
	return strings.Join(parts, "; ")
}

// mask masks every text in v that was not asked for, and leaves its shape.
func (s scrubber) mask(v any, did *changes) any {
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		for key := range v {
			if !s.reveals(key) {
				v[key] = s.mask(v[key], did)
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = s.mask(v[i], did)
		}
		return v
	}
	did.masked++
	return mask
}

// walk cleans v; shown tells that it stands under a name that was asked for.
func (s scrubber) walk(v any, shown bool, did *changes) any {
	switch v := v.(type) {
	case string:
		return s.string(v, shown, did)
	case []any:
		if !shown {
			s.keyPairs(v, did)
			s.pairLists(v, did)
		}
		for i := range v {
			v[i] = s.walk(v[i], shown, did)
			if name, ok := v[i].(string); ok && !shown && i+1 < len(v) && s.announces(name) && !s.reveals(name) {
				v[i+1] = s.value(v[i+1], aSecret, did)
			}
		}
	case map[string]any:
		return s.object(v, shown, did)
	}
	return v
}

// announces tells whether a text in a list says that the next one is a secret:
// a flag of a command line, or a header in a list of names and values.
func (s scrubber) announces(name string) bool {
	return strings.HasPrefix(name, "--") && s.secretName(name) || s.headerName(name)
}

// object cleans an object. A member holds a secret by its own name, or by the
// name that stands beside it: {"name": "DB_PASSWORD", "value": "..."}.
func (s scrubber) object(v map[string]any, shown bool, did *changes) any {
	pair := s.pairName(v)
	if !shown {
		s.structures(v, did)
	}
	out := make(map[string]any, len(v))
	for key, value := range v {
		shown := shown || s.reveals(key) || s.reveals(plain(key, new(changes)))
		switch of := s.judge(key); {
		case shown || pair != "" && s.reveals(pair):
			shown = true
		case of != noSecret:
			value = s.value(value, of, did)
		case pair != "" && slices.Contains(s.names.pairValues, s.joined(key)):
			value = s.value(value, aSecret, did)
		case s.credentials(key, value):
			value = s.mask(value, did)
		}
		out[s.string(key, false, did)] = s.walk(value, shown, did)
	}
	return out
}

// pairName is the name in an object that is a name and its value, where it is that
// of a secret.
func (s scrubber) pairName(v map[string]any) string {
	for key, value := range v {
		if !slices.Contains(s.names.pairNames, s.joined(key)) {
			continue
		}
		if name, ok := untyped(value).(string); ok && s.secretName(name) {
			return plain(name, new(changes))
		}
	}
	return ""
}

// untyped is the text of an attribute of DynamoDB, which stands under its type.
//
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
func untyped(v any) any {
	if typed, ok := v.(map[string]any); ok && len(typed) == 1 {
		return typed["S"]
	}
	return v
}

// credentials tells of a member auth that holds a user and a password, as in
// Docker's configuration.
func (s scrubber) credentials(key string, value any) bool {
	text, ok := value.(string)
	return ok && s.joined(key) == "auth" && basicAuth(text)
}

// shortest is how many digits a number has at least that is taken for a secret.
const shortest = 4

// value masks what stands under the name of a secret: texts, numbers, lists of
// them, and of an object the members that are not labels. Under a plural the
// objects deeper down are judged by their own members.
func (s scrubber) value(v any, of verdict, did *changes) any {
	switch v := v.(type) {
	case string:
		if s.secretValue(v, of) {
			return s.mask(v, did)
		}
	case json.Number:
		if len(v) >= shortest && of == aSecret {
			return s.mask(v, did)
		}
	case []any:
		for i, element := range v {
			if _, object := element.(map[string]any); object && of == secrets {
				continue
			}
			v[i] = s.value(element, aSecret, did)
		}
	case map[string]any:
		if declared(v) {
			return v
		}
		for key, member := range v {
			if _, object := member.(map[string]any); object && of == secrets || s.label(key) || s.reveals(key) {
				continue
			}
			v[key] = s.value(member, of, did)
		}
	}
	return v
}

// declared reports whether a value is a resource in a CloudFormation template. Its own
// name is not that of a secret; its members are judged by their names.
func declared(v map[string]any) bool {
	of, ok := v["Type"].(string)
	return ok && strings.HasPrefix(of, "AWS::")
}
