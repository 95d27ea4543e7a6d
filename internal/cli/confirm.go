package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// assent implements --yes: it answers every question with yes.
type assent struct{}

// Given implements tool.Beforehand.
func (assent) Given(string) bool { return true }

func (assent) Confirm(context.Context, tool.Question) (bool, error) { return true, nil }

// prompt asks the person at the terminal.
type prompt struct{ streams Streams }

func (p prompt) Confirm(ctx context.Context, q tool.Question) (bool, error) {
	fmt.Fprintf(p.streams.Err, "%s\n  %s, effect %s\n%sGo on? [y/N] ",
		render.Fold(text.Escape(q.Text, ""), p.streams.Width), q.Tool, q.Effect, targetLines(q.Target))
	line, err := p.streams.line(ctx)
	if !strings.HasSuffix(line, "\n") {
		fmt.Fprintln(p.streams.Err) // what follows begins a line of its own
	}
	word := strings.ToLower(strings.TrimSpace(line))
	return word == "y" || word == "yes", err
}

// targetLines writes where the call goes, one line for each part that is set.
func targetLines(t tool.Target) string {
	var b strings.Builder
	for _, part := range [][2]string{{"connection", t.Connection}, {"account", t.Account}, {"region", t.Region}} {
		if part[1] != "" {
			fmt.Fprintf(&b, "  %s %s\n", part[0], part[1])
		}
	}
	return b.String()
}

// nobody is used without a terminal: it cannot ask.
type nobody struct{}

func (nobody) Confirm(_ context.Context, q tool.Question) (bool, error) {
	return false, fault.New(fault.Unconfirmed, "this needs a yes, and nobody can be asked: %s", q.Text).
		WithCause("standard input is not a terminal").WithFix("add --yes if that is what you want")
}

// Confirmer returns what asks the person who started the program, or what answers
// yes because of --yes.
func (p *Program) Confirmer() tool.Confirmer {
	switch {
	case p.flags.yes:
		return assent{}
	case p.Streams.Ask:
		return prompt{p.Streams}
	default:
		return nobody{}
	}
}
