package cli

import (
	"bufio"
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
		render.Fold(text.Escape(q.Text, ""), p.streams.Width), q.Tool, q.Effect, place(q.Target))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.streams.In).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.streams.Err) // the next output begins a new line
		return false, ctx.Err()
	case line := <-answer:
		if !strings.HasSuffix(line, "\n") {
			fmt.Fprintln(p.streams.Err)
		}
		word := strings.ToLower(strings.TrimSpace(line))
		return word == "y" || word == "yes", nil
	}
}

// place writes where the call goes, one line for each part that is set.
func place(t tool.Target) string {
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

// askMFA asks the person at the terminal for the code of an MFA device.
func (s Streams) askMFA() (string, error) {
	fmt.Fprint(s.Err, "MFA code: ")
	line, _ := bufio.NewReader(s.In).ReadString('\n')
	code := strings.TrimSpace(line)
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return "", fault.New(fault.NoCredentials, "no MFA code was given").
			WithCause("a code is six digits").WithFix("give the code that the profile's MFA device shows now")
	}
	return code, nil
}
