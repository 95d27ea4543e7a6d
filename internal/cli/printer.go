package cli

import (
	"cmp"

	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/render"
)

// formatVariable is the variable of the environment with the format of answers.
const formatVariable = "HAWSER_OUTPUT"

// zoneVariable is the variable of the environment with the zone of times.
const zoneVariable = "HAWSER_TIME"

// zone is the zone of times as far as it is known; empty if none is named.
func (p *Program) zone() string {
	return cmp.Or(p.flags.zone, p.Getenv(zoneVariable), p.configured.zone)
}

// format is the format of answers as far as it is known; empty if none is named.
func (p *Program) format() string {
	return cmp.Or(p.flags.output, p.Getenv(formatVariable), p.configured.format)
}

// newPrinter makes the printer of results by the flags and the environment.
func (p *Program) newPrinter() error {
	if named := p.Getenv(formatVariable); p.flags.output == "" && named != "" {
		if err := render.CheckFormat(named, formatVariable+"=json"); err != nil {
			return err
		}
	}
	if named := p.Getenv(zoneVariable); p.flags.zone == "" && named != "" {
		if err := render.CheckZone(named, zoneVariable+"=local"); err != nil {
			return err
		}
	}
	printer, err := render.New(p.Streams.written(), render.Options{
		Format: p.format(), Query: p.flags.query, Quiet: p.flags.quiet,
		Plain: !p.colored(p.Streams.OutTTY), Zone: p.zone(),
	})
	p.printer = printer
	return err
}

// quietConfig reads the configuration for a command that needs nothing else of it, without
// a note about a project's file.
func (p *Program) quietConfig() (*config.Config, error) {
	return config.Load(p.flags.Config, p.Getenv)
}

// configuredFormat takes the format and the zone of times of the configuration if neither
// flags nor environment name one. A configuration that cannot be read changes nothing: commands that need it
// report that, and the others go on without it.
func (p *Program) configuredFormat(load func() (*config.Config, error)) error {
	if p.format() != "" && p.zone() != "" {
		return nil
	}
	c, err := load()
	if err != nil || c.Output == "" && c.Time == "" {
		return nil //nolint:nilerr // see above
	}
	p.configured.format, p.configured.zone = c.Output, c.Time
	return p.newPrinter()
}

// progress says how progress is shown: with --quiet only if it is asked for.
func (p *Program) progress() render.ProgressMode {
	if p.flags.quiet && p.flags.progress.mode == render.ProgressBars {
		return render.ProgressNone
	}
	return p.flags.progress.mode
}
