package kit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// asked is the input of a call and the resources that it needs.
type asked struct {
	needs []tool.Need
	in    any
}

type askedKey struct{}

// asking notes in the context what a call needs, for faults about denials.
func asking(ctx context.Context, needs []tool.Need, in any) context.Context {
	return context.WithValue(ctx, askedKey{}, asked{needs, in})
}

// complete adds to a fault what AWS did not say: the resources that the tool's
// declaration has for the action and, for a denial, the statement that allows it.
func complete(ctx context.Context, f *fault.Error) *fault.Error {
	call, ok := ctx.Value(askedKey{}).(asked)
	if !ok || f.Resource != "" || !slices.Contains([]fault.Kind{fault.Denied, fault.NotFound, fault.Conflict}, f.Kind) {
		return f
	}
	action := cmp.Or(f.Action, f.Op)
	at := slices.IndexFunc(call.needs, func(n tool.Need) bool { return n.Action == action })
	if at < 0 {
		return f
	}
	resources := call.resources(call.needs[at].Resource, f)
	if len(resources) == 0 || resources[0] == "*" && f.Kind != fault.Denied {
		return f
	}
	full := *f // faults are shared between callers
	full.Resource = strings.Join(resources, ", ")
	if full.Statement != "" {
		full.Statement = awserr.Statement(f.Action, resources...)
	}
	return &full
}

// resources returns the ARNs of a template for this call; none if the template
// needs something that the call does not have.
func (a asked) resources(template string, f *fault.Error) []string {
	all := expand("", template, a.values(f))
	return slices.DeleteFunc(all, func(text string) bool { return !arn.Is(text) && text != "*" })
}

// expand appends to done every text that the template expands to.
func expand(done, template string, values map[string][]string) []string {
	before, rest, found := strings.Cut(template, "{")
	if !found {
		return []string{done + template}
	}
	name, after, _ := strings.Cut(rest, "}")
	var all []string
	for _, value := range values[name] {
		all = append(all, expand(fill(done+before, value, after), after, values)...)
	}
	return all
}

// values returns the values of the placeholders: the input's fields, and the
// target of the denied call.
func (a asked) values(f *fault.Error) map[string][]string {
	values := map[string][]string{}
	raw, err := json.Marshal(a.in)
	if err != nil {
		return values
	}
	fields := map[string]any{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return values
	}
	for name, field := range fields {
		values[name] = texts(field)
	}
	var call *awserr.CallError
	if errors.As(f, &call) {
		values["partition"] = []string{regions.PartitionOf(call.Region)}
		values["account"], values["region"] = []string{call.Account}, []string{call.Region}
	}
	return values
}

// texts returns a JSON value's texts that say something.
func texts(value any) []string {
	var all []string
	switch v := value.(type) {
	case string:
		all = []string{v}
	case []any:
		for _, item := range v {
			all = append(all, texts(item)...)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// fill appends a value to the part of a template that is expanded already. If the
// value is itself an ARN of the template's service, it replaces everything before
// it, and may end like the template. Of an ARN of another service only the name
// is used.
func fill(done, value, after string) string {
	named, ok := arn.Parse(value)
	if !ok || done == "" {
		return done + value
	}
	service, _, _ := strings.Cut(named.Service, "-")
	if service == "s3" && strings.HasPrefix(after, "/{") {
		value += "/object" // behind an access point's name; so its objects are named
	}
	if service != "s3" {
		service = named.Service
	}
	if strings.HasPrefix(done, "arn:"+named.Partition+":"+service+":") {
		return strings.TrimSuffix(value, after)
	}
	name := strings.FieldsFunc(named.Resource, func(r rune) bool { return r == ':' || r == '/' })
	if len(name) == 0 {
		return done + value
	}
	return done + name[min(1, len(name)-1)]
}
