package cli

import "errors"

// colorFlag is --color. It is a pflag.Value.
type colorFlag string

func (f *colorFlag) String() string { return string(*f) }

// Type implements pflag.Value.
func (*colorFlag) Type() string { return "when" }

// Set implements pflag.Value. On and off are the words of the aws CLI.
func (f *colorFlag) Set(value string) error {
	switch value {
	case "auto", "always", "never":
		*f = colorFlag(value)
	case "on":
		*f = "always"
	case "off":
		*f = "never"
	default:
		return errors.New("it is one of auto, always and never")
	}
	return nil
}

// colored reports whether a stream gets colours: flags take precedence over the
// environment, and that over whether it is a terminal.
//
// https://no-color.org, https://bixense.com/clicolors
func (p *Program) colored(terminal bool) bool {
	force := p.Getenv("CLICOLOR_FORCE")
	switch {
	case p.flags.noColor || p.flags.color == "never":
		return false
	case p.flags.color == "always":
		return true
	case p.Getenv("NO_COLOR") != "":
		return false
	}
	return terminal || force != "" && force != "0"
}
