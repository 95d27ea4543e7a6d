package tool

import (
	"context"
	"encoding/json"

	"github.com/hawser/hawser/internal/fault"
)

// listing says which call lists the values that a field's complete tag names,
// and which member of its items is the value.
type listing struct{ tool, member string }

// listings are the live values that a complete tag may name. All are reads,
// and pass the same guard as any call.
func listings() map[string]listing {
	return map[string]listing{
		"connection":      {"connections.list", "name"},
		"s3.bucket":       {"s3.list", "name"},
		"ec2.instance":    {"ec2.list", "instance_id"},
		"lambda.function": {"lambda.list", "function_name"},
		"rds.arn":         {"rds.list", "arn"},
	}
}

// Lists reports whether live values can be had for a complete tag.
func Lists(complete string) bool { _, ok := listings()[complete]; return ok }

// Live gives the values that exist for a field's complete tag, in the target.
// A listing that could be read only in part gives what it has. The error is
// NotFound for a tag without live values, else the call's.
func (r *Registry) Live(ctx context.Context, complete string, target Target, caller Caller) ([]string, error) {
	source, ok := listings()[complete]
	if !ok {
		return nil, fault.New(fault.NotFound, "there are no live values of %q", complete)
	}
	input := []byte("{}")
	if t, err := r.Tool(source.tool); err == nil && t.Input.Properties["region"] != nil {
		input, _ = json.Marshal(target) // three strings
	}
	result, err := r.Call(ctx, Request{Tool: source.tool, Input: input, Caller: caller})
	if result == nil || (err != nil && len(result.Failures) == 0) {
		return nil, err
	}
	var list struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(result.JSON, &list); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "%s is no listing", source.tool)
	}
	var values []string
	for _, item := range list.Items {
		if v, ok := item[source.member].(string); ok {
			values = append(values, v)
		}
	}
	return values, nil
}
