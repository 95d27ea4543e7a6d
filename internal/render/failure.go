package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// Failure writes an error to standard error: as one JSON object where that is the
// format of results, else for a person.
func Failure(s Streams, format string, f *fault.Error) {
	f = fault.Complete(f)
	if format == "json" {
		_, _ = fmt.Fprintln(s.Err, text.EscapeJSON(failureJSON(f)))
		return
	}
	width := 0 // of lines that are not broken, as no person reads them
	if s.ErrTTY {
		width = s.Width
	}
	_, _ = io.WriteString(s.Err, text.Escape(describe(f, width), "\n\t"))
}

func failureJSON(f *fault.Error) string {
	raw, err := json.MarshalIndent(map[string]*fault.Error{"error": f}, "", "  ")
	if err != nil {
		return f.Error()
	}
	return string(raw)
}

// describe writes a fault for a person: what, why, what to do.
func describe(f *fault.Error, width int) string {
	var b strings.Builder
	plain := *f
	plain.Cause = ""
	head := "hawser: " + plain.Error()
	if width > 40 {
		head = Wrap(head, width)
	}
	b.WriteString(head + "\n")
	line := func(name, text string) {
		if width > 40 {
			text = Wrap(text, width-11)
		}
		if text != "" {
			fmt.Fprintf(&b, "  %-9s%s\n", name+":", strings.ReplaceAll(text, "\n", "\n           "))
		}
	}
	line("cause", f.Cause)
	line("denied", deniedBy(f))
	line("about", aboutOf(f))
	line("fix", f.Fix)
	line("allow", f.Statement)
	line("code", f.Code)
	line("request", f.RequestID)
	line("encoded", f.EncodedMessage)
	return b.String()
}

// aboutOf is the resource of a fault that does not name it elsewhere.
func aboutOf(f *fault.Error) string {
	if f.Kind == fault.Denied || strings.Contains(f.Message+f.Cause, f.Resource) {
		return ""
	}
	return f.Resource
}

func deniedBy(f *fault.Error) string {
	if f.Kind != fault.Denied || f.Action == "" {
		return ""
	}
	text := f.Action
	if f.Resource != "" {
		text += " on " + f.Resource
	}
	switch f.PolicyKind {
	case "":
		return text
	case "identity-based":
		return text + ", by an identity-based policy"
	case "permissions boundary":
		return text + ", by a permissions boundary"
	}
	return text + ", by a " + f.PolicyKind + " policy"
}
