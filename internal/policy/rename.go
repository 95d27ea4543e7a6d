package policy

import (
	"bytes"
	"encoding/json"
)

// WithPrincipals returns the document with other names in the AWS lists of its principals,
// as rename gives them; the document itself if all stay the same. What else is in the
// text stays as it is.
func (d *Document) WithPrincipals(rename func(name string) string) *Document {
	var text []byte
	done := 0
	for _, name := range d.principalTexts() {
		now := rename(unquote(name))
		if now == unquote(name) {
			continue
		}
		quoted, err := json.Marshal(now)
		if err != nil {
			continue // a string always marshals
		}
		at := d.offset(name)
		text = append(append(text, d.raw[done:at]...), quoted...)
		done = at + len(name)
	}
	if text == nil {
		return d
	}
	renamed, err := Parse(append(text, d.raw[done:]...))
	if err != nil {
		return d // only strings were exchanged
	}
	return renamed
}

// principalTexts returns the strings of the AWS lists of all principals, as they are in
// the text and in its order.
func (d *Document) principalTexts() []json.RawMessage {
	var out []json.RawMessage
	for _, statement := range within(d.raw, "Statement") {
		for _, s := range elements(statement, "") {
			for _, principal := range within(s.value, "Principal", "NotPrincipal") {
				for _, list := range within(principal, "AWS") {
					for _, name := range elements(list, "") {
						if kindOf(name.value) == '"' {
							out = append(out, bytes.Trim(name.value, space))
						}
					}
				}
			}
		}
	}
	return out
}

// within returns the values that an object has by some keys; none of other values.
func within(raw json.RawMessage, keys ...string) []json.RawMessage {
	list, err := members(raw, "")
	if err != nil {
		return nil
	}
	var out []json.RawMessage
	for _, m := range list {
		for _, key := range keys {
			if m.key == key {
				out = append(out, m.value)
			}
		}
	}
	return out
}
