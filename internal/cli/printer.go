package cli

import (
	"github.com/hawser/hawser/internal/render"
)

// newPrinter makes the printer of results by the flags.
func (p *Program) newPrinter() error {
	printer, err := render.New(p.Streams.written(), render.Options{
		Format: p.flags.output, Query: p.flags.query, Quiet: p.flags.quiet,
		Plain: p.flags.noColor || !p.Streams.OutTTY,
	})
	p.printer = printer
	return err
}

// progress says how progress is shown: with --quiet only if it is asked for.
func (p *Program) progress() render.ProgressMode {
	if p.flags.quiet && p.flags.progress.mode == render.ProgressBars {
		return render.ProgressNone
	}
	return p.flags.progress.mode
}
