package cli

import (
	"cmp"
	"context"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// paged prints an answer through a pager if a person reads it on a terminal. Which program
// runs is decided by the environment alone, as in git: HAWSER_PAGER, PAGER, else less.
//
// https://git-scm.com/docs/git-config#Documentation/git-config.txt-corepager
func (p *Program) paged(wanted bool, print func() error) error {
	command := cmp.Or(p.Getenv("HAWSER_PAGER"), p.Getenv("PAGER"), "less -FRX")
	if !wanted || p.flags.noPager || !p.Streams.OutTTY || command == "cat" {
		return print()
	}
	pager, input := p.startPager(command)
	if pager == nil {
		return print()
	}
	direct := p.Streams.Out
	p.printer.To(&patient{input})
	err := print()
	p.printer.To(direct)
	_ = input.Close()
	_ = pager.Wait() // a pager that is left early has failed in nothing
	return err
}

// startPager starts a pager and returns what it reads from; nil if there is none that can
// be started.
func (p *Program) startPager(command string) (*exec.Cmd, io.WriteCloser) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil, nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil, nil
	}
	ctx := context.WithoutCancel(p.ctx) // Ctrl-C is a matter of the pager
	pager := exec.CommandContext(ctx, words[0], words[1:]...)
	if shell, err := exec.LookPath("sh"); err == nil {
		pager = exec.CommandContext(ctx, shell, "-c", command)
	}
	pager.Stdout, pager.Stderr, pager.Env = p.stdout.w, p.Streams.Err, slices.Clone(p.env)
	if p.Getenv("LESS") == "" {
		pager.Env = append(pager.Env, "LESS=FRX")
	}
	input, err := pager.StdinPipe()
	if err != nil || pager.Start() != nil {
		return nil, nil
	}
	return pager, input
}

// patient is a writer to a pager. When the pager has been left, nobody misses the rest.
type patient struct{ w io.Writer }

// Write implements io.Writer. It never fails.
func (w *patient) Write(b []byte) (int, error) {
	_, _ = w.w.Write(b)
	return len(b), nil
}
