package identitycenter

import (
	"encoding/json"
	"regexp"
	"strings"
)

// patch is one operation of a PATCH (RFC 7644, section 3.5.2).
type patch struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// operations reads the request's.
func (c *scimCall) operations() ([]patch, error) {
	text, err := json.Marshal(c.body["Operations"])
	if err != nil {
		return nil, err
	}
	var out []patch
	if json.Unmarshal(text, &out) != nil || len(out) == 0 || len(out) > maxPage {
		return nil, invalid("Operations must be a list of 1 to %d.", maxPage)
	}
	for i := range out {
		out[i].Op = strings.ToLower(out[i].Op)
		if op := out[i].Op; op != "add" && op != "replace" && op != "remove" {
			return nil, invalid("The operation %q is not supported.", op)
		}
	}
	return out, nil
}

// pathForm is an attribute, perhaps a value's selection, and a subattribute.
var pathForm = regexp.MustCompile(`^([A-Za-z]+)(\[[^\]]*\])?(?:\.([A-Za-z]+))?$`)

// apply changes a user's document.
func (p patch) apply(doc map[string]any) error {
	if p.Path == "" {
		return p.merge(doc)
	}
	if key, ok := strings.CutPrefix(p.Path, scimEnterprise+":"); ok {
		below, ok := doc[scimEnterprise].(map[string]any)
		if !ok {
			below = make(map[string]any)
		}
		doc[scimEnterprise] = p.with(below, key)
		return nil
	}
	m := pathForm.FindStringSubmatch(p.Path)
	if m == nil {
		return invalid("The path %q is not supported.", p.Path)
	}
	attribute, selection, sub := m[1], m[2], m[3]
	switch list, isList := doc[attribute].([]any); {
	case selection == "" && sub == "":
		p.assign(doc, attribute)
	case isList || selection != "":
		return p.within(doc, attribute, sub, list)
	default:
		below, _ := doc[attribute].(map[string]any)
		doc[attribute] = p.with(below, sub)
	}
	return nil
}

// merge takes a document's attributes over, each by its path.
func (p patch) merge(doc map[string]any) error {
	values, ok := p.Value.(map[string]any)
	if !ok || p.Op == "remove" {
		return invalid("An operation without a path adds or replaces attributes.")
	}
	for path, value := range values {
		if path == "id" || path == "schemas" {
			continue
		}
		if below, ok := value.(map[string]any); ok {
			old, _ := doc[path].(map[string]any)
			for key, v := range below {
				old = patch{p.Op, path, v}.with(old, key)
			}
			doc[path] = old
			continue
		}
		if err := (patch{p.Op, path, value}).apply(doc); err != nil {
			return err
		}
	}
	return nil
}

// with gives a copy of an object with one member changed.
func (p patch) with(object map[string]any, key string) map[string]any {
	out := make(map[string]any, len(object)+1)
	for k, v := range object {
		out[k] = v
	}
	p.assign(out, key)
	return out
}

func (p patch) assign(object map[string]any, key string) {
	if p.Op == "remove" {
		delete(object, key)
		return
	}
	object[key] = p.Value
}

// within changes the one element that a list may have.
func (p patch) within(doc map[string]any, attribute, sub string, list []any) error {
	if p.Op == "remove" && sub == "" {
		delete(doc, attribute)
		return nil
	}
	element := map[string]any{"type": "work", "primary": true}
	if len(list) > 0 {
		var ok bool
		if element, ok = list[0].(map[string]any); !ok {
			return invalid("The path %q is not supported.", p.Path)
		}
	}
	if sub == "" {
		whole, ok := p.Value.(map[string]any)
		if !ok {
			return invalid("The value of %q must be an object.", p.Path)
		}
		doc[attribute] = []any{whole}
		return nil
	}
	doc[attribute] = []any{p.with(element, sub)}
	return nil
}
