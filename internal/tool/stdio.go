package tool

import (
	"context"
	"io"
	"reflect"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Dash stands for standard input or output in place of a file, in fields whose file tag
// has the word stdio.
const Dash = "-"

// stdioWord is the word of a file tag for a field that takes Dash.
const stdioWord = "stdio"

// Stdio is standard input and output of the person who makes a call. Only the command
// line has them.
type Stdio struct {
	// In reads standard input. It ends with ctx, also while nothing comes.
	In func(ctx context.Context) io.Reader
	// Out writes content to standard output. After it is called, the door writes nothing
	// else there.
	Out func() io.Writer
}

// dashField returns the name of a field that stands for standard input or output; empty
// is none.
func (t *Tool) dashField(in any) string {
	value := reflect.ValueOf(in)
	for _, f := range t.fields {
		if f.isDash(value) {
			return f.Name
		}
	}
	return ""
}

// isDash reports whether the field of an input stands for standard input or output.
func (f Field) isDash(in reflect.Value) bool {
	return slices.Contains(f.File, stdioWord) && in.FieldByIndex(f.index).String() == Dash
}

// uses lists what is done with a local file that the field names.
func (f Field) uses() []string {
	return slices.DeleteFunc(slices.Clone(f.File), func(word string) bool { return word == stdioWord })
}

// permitsStdio refuses a call that uses standard input or output at a door that has none.
func (c *invocation) permitsStdio() error {
	field := c.tool.dashField(c.in)
	if field == "" || c.request.Stdio != nil {
		return nil
	}
	return fault.New(fault.Refused, "%s is -, and there is no standard input or output here", field).At(field).
		WithCause("only a person at the command line has them").WithFix("name a file")
}
