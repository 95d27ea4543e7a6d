package tool

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// URIs maps names of formats to functions that take apart a URI that a field of this
// format may hold, such as s3://bucket/key for a bucket. The first part becomes the
// value of the field itself, and the second part that of the field that its rest tag
// names. If uri is false, the value is no URI and is kept.
//
// An input is taken apart when it is decoded, so that guard, question, record and needs
// all see the parts.
type URIs map[string]func(value string) (first, rest string, uri bool)

// noRest is the rest tag of a field whose URI has one part alone, such as s3://bucket.
const noRest = "-"

// has returns an error for a rest tag that cannot be used.
func (u URIs) has(fields []Field) error {
	for _, field := range fields {
		switch {
		case field.Rest == "":
		case u[field.Format] == nil:
			return fmt.Errorf("the field %s has a rest tag, and its format %q has no URI", field.Name, field.Format)
		case field.Rest == noRest:
		case !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == field.Rest }):
			return fmt.Errorf("the rest tag of the field %s names no field", field.Name)
		}
	}
	return nil
}

// takeApart takes URIs apart in the decoded values of an input and in their JSON. It
// reports whether there were any.
func (c *checker) takeApart(values map[string]any, members map[string]json.RawMessage) (changed bool, err error) {
	for _, field := range c.fields {
		value, isText := values[field.Name].(string)
		if field.Rest == "" || !isText {
			continue
		}
		first, rest, uri := c.uris[field.Format](value)
		if !uri {
			continue
		}
		if _, twice := values[field.Rest]; twice && rest != "" {
			return false, fault.New(fault.Invalid, "%s is given twice, in the URI of %s and by itself", field.Rest, field.Name).
				At(field.Rest).WithFix("give the URI alone, or both fields without a URI")
		}
		if field.Rest == noRest && rest != "" {
			return false, fault.New(fault.Invalid, "%s is followed by %q", field.Name, rest).At(field.Name).WithFix("leave out what follows %s", first)
		}
		parts := map[string]string{field.Name: first}
		if rest != "" {
			parts[field.Rest] = rest
		}
		for name, part := range parts {
			values[name] = part
			if members[name], err = json.Marshal(part); err != nil {
				return false, fault.Wrap(err, fault.Internal, "%s cannot be written as JSON", name)
			}
		}
		changed = true
	}
	return changed, nil
}
