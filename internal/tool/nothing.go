package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// nothing says what a listing without items has looked at, such as "no instances in
// account 111122223333, region eu-central-1 with state running"; empty for any other
// output, and for data that was never read.
func (c *invocation) nothing(out any) string {
	if u, ok := out.(Unseener); ok && u.Unseen() || !empty(out) || c.tool.Items == "" {
		return ""
	}
	items := c.tool.Items
	if i, ok := c.in.(Itemizer); ok {
		items = i.Items()
	}
	words := []string{"no " + items}
	given := make(map[string]any)
	if json.Unmarshal(c.request.Input, &given) != nil {
		given = nil // it was read before, and the sentence is true without it
	}
	if len(c.tool.Needs) > 0 {
		words = append(words, c.place(given)...)
	}
	if p, ok := out.(Incomplete); ok && len(p.Partial()) > 0 {
		words = append(words, "where it could be read")
	}
	return strings.Join(append(words, c.narrowed(given, items)...), " ")
}

// empty reports whether an output is a table without rows.
func empty(out any) bool {
	switch out := out.(type) {
	case Gridder:
		_, cells := out.Grid()
		return len(cells) == 0
	case Rower:
		rows := reflect.ValueOf(out.Rows())
		return rows.Kind() == reflect.Slice && rows.Len() == 0
	}
	return false
}

// place says where a listing looked.
func (c *invocation) place(given map[string]any) []string {
	regional := slices.ContainsFunc(c.tool.fields, func(f Field) bool { return f.Name == "all_regions" })
	account := "account " + c.resolved.Account
	switch {
	case given["all_accounts"] == true:
		account = "any account"
	case c.resolved.Account == "":
		account = "this account"
	}
	switch {
	case given["all_regions"] == true:
		return []string{"in any region of " + account}
	case regional && c.resolved.Region != "":
		return []string{"in " + account + ", region " + c.resolved.Region}
	}
	return []string{"in " + account}
}

// narrowed says which inputs narrow a listing, in the order of their declaration. A
// statement and what else is recorded in another form are left out, and so is what the
// items are called by.
func (c *invocation) narrowed(given map[string]any, items string) []string {
	if _, ok := c.in.(Recorded); ok {
		return nil
	}
	const longest = 80
	others := []string{"connection", "account", "region", "all_regions", "all_accounts", "limit", "cursor", "delimiter", "summarize"}
	var words []string
	for _, f := range c.tool.fields {
		value, ok := given[f.Name]
		if !ok || slices.Contains(others, f.Name) || f.Audit != "" {
			continue
		}
		text := plain(value)
		switch {
		case len(text) > longest || strings.Contains(items, text):
			continue
		case f.Name == "prefix":
			words = append(words, "that begin with "+text)
		default:
			words = append(words, strings.ReplaceAll(f.Name, "_", " ")+" "+text)
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []string{"(" + strings.Join(words, ", ") + ")"}
}

// plain writes a value of an input for a sentence.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = plain(item)
		}
		return strings.Join(words, ", ")
	case map[string]any:
		var words []string
		for name, value := range v {
			words = append(words, name+"="+plain(value))
		}
		slices.Sort(words)
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(v)
}
