package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/render"
)

// helpWidth is the width of help: that of the terminal, up to a limit that keeps
// lines readable.
func (p *Program) helpWidth() int {
	if p.Streams.Width == 0 {
		return 80
	}
	return max(40, min(p.Streams.Width, 100))
}

// help writes the help of a command. Cobra's own templates are not used, because
// they keep the linker from removing dead methods.
func (p *Program) help(cmd *cobra.Command, _ []string) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintln(p.Streams.Out, render.Wrap(text, p.helpWidth()))
	fmt.Fprintln(p.Streams.Out)
	fmt.Fprint(p.Streams.Out, p.usageText(cmd))
}

func (p *Program) usage(cmd *cobra.Command) error {
	_, err := fmt.Fprint(p.Streams.Err, p.usageText(cmd))
	return err
}

func (p *Program) usageText(cmd *cobra.Command) string {
	var b strings.Builder
	section := func(title, body string) {
		if body != "" {
			fmt.Fprintf(&b, "%s\n%s\n\n", title, strings.TrimRight(body, "\n"))
		}
	}
	section("Usage:", usageLines(cmd))
	section("Examples:", cmd.Example)
	for _, group := range cmd.Groups() {
		section(group.Title, commandList(cmd, group.ID))
	}
	section("Commands:", commandList(cmd, ""))
	needed, free := byNeed(cmd.LocalFlags())
	section("Required, as arguments or flags:", needed.FlagUsagesWrapped(p.helpWidth()))
	section("Flags:", free.FlagUsagesWrapped(p.helpWidth()))
	section("Flags of every command:", cmd.InheritedFlags().FlagUsagesWrapped(p.helpWidth()))
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// byNeed parts the flags that a command needs from the others.
func byNeed(all *pflag.FlagSet) (needed, free *pflag.FlagSet) {
	needed, free = pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	all.VisitAll(func(f *pflag.Flag) {
		set := free
		if _, ok := f.Annotations[required]; ok {
			set = needed
		}
		set.AddFlag(f)
	})
	return needed, free
}

func usageLines(cmd *cobra.Command) string {
	var lines []string
	if cmd.Runnable() {
		lines = append(lines, "  "+cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		lines = append(lines, "  "+cmd.CommandPath()+" COMMAND")
	}
	return strings.Join(lines, "\n")
}

// commandList lists the commands of a group; "" means those without one.
func commandList(cmd *cobra.Command, group string) string {
	var lines []string
	for _, c := range cmd.Commands() {
		if c.GroupID == group && c.IsAvailableCommand() {
			lines = append(lines, fmt.Sprintf("  %-*s %s", cmd.NamePadding(), c.Name(), c.Short))
		}
	}
	return strings.Join(lines, "\n")
}
