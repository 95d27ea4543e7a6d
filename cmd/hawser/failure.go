package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// exitCodes is what help says of them; fault.Kind.ExitCode is where they are
// decided.
const exitCodes = `Exit codes:
  0    done
  1    failed; what, why and what to do stand on standard error
  2    changes pending, or a denied answer where a flag asked for this code
  3    partial: some accounts or regions could not be read; the rest is shown
  130  interrupted`

// fail writes an error to standard error and gives the exit code.
func (p *program) fail(err error) int {
	if err == nil {
		return 0
	}
	f := fault.From(err)
	if p.flags.output == "json" {
		p.failJSON(f)
	} else {
		fmt.Fprint(p.streams.err, text.Escape(describe(f, p.errWidth()), "\n\t"))
	}
	return f.Kind.ExitCode()
}

func (p *program) failJSON(f *fault.Error) {
	raw, err := json.MarshalIndent(map[string]*fault.Error{"error": f}, "", "  ")
	if err != nil {
		raw = []byte(f.Error())
	}
	fmt.Fprintln(p.streams.err, text.EscapeJSON(string(raw)))
}

// errWidth is where lines on standard error are broken; 0 is nowhere, where no
// person reads them.
func (p *program) errWidth() int {
	if !p.streams.errTTY {
		return 0
	}
	return p.streams.width
}

// describe writes a fault for a person: what, why, what to do.
func describe(f *fault.Error, width int) string {
	var b strings.Builder
	plain := *f
	plain.Cause = ""
	head := "hawser: " + plain.Error()
	if width > 40 {
		head = wrap(head, width)
	}
	b.WriteString(head + "\n")
	line := func(name, text string) {
		if width > 40 {
			text = wrap(text, width-11)
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

// failures writes the cells that could not be read.
func (p *program) failures(failures []tool.Failure) {
	for _, f := range failures {
		place := strings.Trim(f.Account+" "+f.Region, " ")
		fmt.Fprintf(p.streams.err, "not read: %s: %s\n", place, text.Escape(f.Error.Error(), ""))
	}
}

// usageFault makes cobra's and pflag's complaints a fault, so that they look
// like every other one.
func usageFault(err error, path string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%v", err).WithFix("see %s --help", path)
}
