package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
)

// The groups that help sorts commands into.
const (
	groupTools = "tools"
	groupSelf  = "self"
)

const about = `Hawser moors people, programs and AI agents to AWS.

Every tool is one typed operation under the same guard, whichever door it is
called through: hawser NOUN VERB on this command line. Data goes to standard
output, all else to standard error.`

// exitCodes is what help says of them; fault.Kind.ExitCode is where they are
// decided.
const exitCodes = `Exit codes:
  0    done
  1    failed; what, why and what to do stand on standard error
  3    partial: some accounts or regions could not be read; the rest is shown
  130  interrupted`

// root makes the whole command line.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "hawser", Short: "AWS, moored", Long: about + "\n\n" + exitCodes,
		Example: `  hawser doctor
  hawser s3 list
  hawser ec2 list --state running --all-regions
  hawser tools -o json --query 'items[].name'`,
		Version:       version(),
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: p.prepare,
		Args:              atMost(0),
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetHelpFunc(p.help)
	root.SetUsageFunc(p.usage)
	root.AddGroup(&cobra.Group{ID: groupTools, Title: "Tools:"}, &cobra.Group{ID: groupSelf, Title: "Hawser itself:"})
	root.SetCompletionCommandGroupID(groupSelf)
	root.SetHelpCommandGroupID(groupSelf)
	p.addGlobalFlags(root)
	root.AddCommand(p.nounCommands(p.house.tools)...)
	for _, add := range []func() *cobra.Command{
		p.toolsCommand, p.callCommand, p.mcpCommand, p.serveCommand, p.tokenCommand, p.trustCommand, p.simCommand, p.demoCommand, p.docsCommand,
	} {
		cmd := add()
		cmd.GroupID = groupSelf
		root.AddCommand(cmd)
	}
	return root
}

// flagFault says what form a flag of a number has, in place of Go's own words.
func flagFault(_ *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) || !strings.Contains(invalid.GetFlag().Value.Type(), "int") {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%q is not a value of --%s", invalid.GetValue(), invalid.GetFlag().Name).
		WithFix("give a whole number in digits, such as 65536, without a unit")
}

func (p *program) addGlobalFlags(root *cobra.Command) {
	root.SetFlagErrorFunc(flagFault)
	set := root.PersistentFlags()
	set.StringVar(&p.flags.config, "config", "", "the configuration file, used alone; default: $HAWSER_CONFIG, else the user's own and a trusted ./hawser.yaml")
	set.StringVarP(&p.flags.output, "output", "o", "table", "table, json, yaml or csv")
	set.StringVar(&p.flags.query, "query", "", "a JMESPath expression that picks from the answer")
	set.BoolVarP(&p.flags.yes, "yes", "y", false, "confirm without asking")
	set.BoolVar(&p.flags.readOnly, "read-only", false, "refuse everything that does more than read")
	set.IntVar(&p.flags.maxOutput, "max-output", 0, "cap an answer at so many bytes of JSON")
	set.StringVar(&p.flags.timeout, "timeout", "", "the longest that a call may take, such as 90s; 0 is without end")
	p.flags.progress = progressFlag{render.ProgressBars}
	set.Var(&p.flags.progress, "progress", "true shows bars on a terminal, false nothing, json a line for each step on standard error")
	set.BoolVar(&p.flags.noColor, "no-color", false, "no colour; also by NO_COLOR")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(render.Formats(), cobra.ShellCompDirectiveNoFileComp))
}
