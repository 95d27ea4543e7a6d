package tool

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
)

// Lister returns the tool that lists the values of a complete tag, and the member of
// its items that is the value; nil if there is no such tool.
func Lister(tools []*Tool, complete string) (t *Tool, member string) {
	for _, t := range tools {
		if member, ok := t.Lists[complete]; ok {
			return t, member
		}
	}
	return nil, ""
}

// Identifies returns the member of the items of a listing that other tools take; empty if
// nothing is completed from it.
func (t *Tool) Identifies() string {
	for _, complete := range slices.Sorted(maps.Keys(t.Lists)) {
		return t.Lists[complete]
	}
	return ""
}

// Live returns the values that exist in the target for a field's complete tag. If the
// listing could be read only in part, it returns that part. The error is NotFound for a
// tag without live values, else the call's.
func (r *Registry) Live(ctx context.Context, complete string, target Target, by caller.Caller) ([]string, error) {
	source, member := Lister(r.Tools(), complete)
	if source == nil {
		return nil, fault.New(fault.NotFound, "there are no live values of %q", complete).WithFix("write the value")
	}
	input := []byte("{}")
	if source.Input.Properties["region"] != nil {
		input, _ = json.Marshal(target) // three strings
	}
	result, err := r.Call(ctx, Request{Tool: source.Name, Input: input, Caller: by})
	if result == nil || (err != nil && len(result.Failures) == 0) {
		return nil, err
	}
	var list struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(result.JSON, &list); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the output of %s is not a list", source.Name)
	}
	var values []string
	for _, item := range list.Items {
		if v, ok := item[member].(string); ok {
			values = append(values, v)
		}
	}
	return values, nil
}
