package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
)

// The groups of commands in help.
const (
	groupTools = "tools"
	groupSelf  = "self"
)

const about = `Hawser moors people, programs and AI agents to AWS.

Every tool is one typed operation under the same guard, whichever door it is
called through: hawser NOUN VERB on this command line. Data goes to standard
output, all else to standard error.`

// exitCodes is the help text about exit codes; fault.Kind.ExitCode decides them.
const exitCodes = `Exit codes:
  0    done
  1    failed; what, why and what to do stand on standard error
  3    partial: some accounts or regions could not be read; the rest is shown
  130  interrupted`

// Root builds the whole command line: the commands of tools, and the others.
func (p *Program) Root(commands ...*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use: "hawser", Short: "AWS, moored", Long: about + "\n\n" + exitCodes,
		Example: `  hawser doctor
  hawser s3 list
  hawser ec2 list --state running --all-regions
  hawser tools -o json --query 'items[].name'`,
		Version:       p.Version,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: p.prepare,
		Args:              AtMost(0),
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetHelpFunc(p.help)
	root.SetUsageFunc(p.usage)
	root.AddGroup(&cobra.Group{ID: groupTools, Title: "Tools:"}, &cobra.Group{ID: groupSelf, Title: "Hawser itself:"})
	root.SetCompletionCommandGroupID(groupSelf)
	root.SetHelpCommandGroupID(groupSelf)
	p.addGlobalFlags(root)
	root.AddCommand(p.nounCommands(p.App.Tools())...)
	for _, cmd := range append([]*cobra.Command{p.toolsCommand(), p.callCommand()}, commands...) {
		cmd.GroupID = groupSelf
		root.AddCommand(cmd)
	}
	return root
}

// flagFault describes the form or the range of a flag, in place of Go's error. Before a
// mistyped command, whose flags are unknown, it reports the command.
func flagFault(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); len(words) > 0 && cmd.HasSubCommands() && cmd.Args != nil {
		if wrong := cmd.Args(cmd, words); wrong != nil {
			return wrong
		}
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return unknownFlag(cmd, unknown)
	}
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	var refused *fault.Error
	if errors.As(err, &refused) {
		return refused
	}
	var beyond outOfRange
	if errors.As(err, &beyond) {
		return fault.Wrap(err, fault.Invalid, "%s is out of the range of --%s", invalid.GetValue(), invalid.GetFlag().Name).
			WithFix("give a value %s", string(beyond))
	}
	return wrongValue(cmd, invalid)
}

// wrongValue returns the fault of a value that a flag does not take, without the words of
// the libraries that read it.
func wrongValue(cmd *cobra.Command, err *pflag.InvalidValueError) error {
	flag := err.GetFlag()
	f := fault.Wrap(err, fault.Invalid, "%q is not a value of --%s", err.GetValue(), flag.Name)
	var number *strconv.NumError
	switch inner := err.Unwrap(); {
	case strings.Contains(flag.Value.Type(), "int"):
		return f.WithFix("give a whole number in digits, such as 65536, without a unit")
	case flag.Value.Type() == "bool":
		return f.WithFix("give --%s alone, --%s=true or --%s=false", flag.Name, flag.Name, flag.Name)
	case inner != nil && !errors.As(inner, &number):
		f = f.WithCause("%v", inner)
	}
	return f.WithFix("see %s --help", cmd.CommandPath())
}

// unknownFlag returns the fault of a flag that a command does not have, with the flag
// that was probably meant.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	f := fault.Wrap(err, fault.Invalid, "%v", err)
	if near := fault.Nearest(err.GetSpecifiedName(), names); near != "" && err.GetSpecifiedShortnames() == "" {
		return f.WithFix("did you mean --%s?", near)
	}
	return f.WithFix("see %s --help", cmd.CommandPath())
}

func (p *Program) addGlobalFlags(root *cobra.Command) {
	root.SetFlagErrorFunc(flagFault)
	set := root.PersistentFlags()
	set.StringVar(&p.flags.Config, "config", "", "the configuration file, used alone; default: $HAWSER_CONFIG, else the user's own and a trusted ./hawser.yaml")
	set.StringVar(&p.flags.AWS.Profile, "profile", "", "the profile of the shared AWS files to use in place of the default connection")
	set.StringVar(&p.flags.AWS.Region, "region", "", "the AWS region; default: the connection's")
	set.StringVar(&p.flags.AWS.Endpoint, "endpoint-url", "", "the address to use in place of every AWS service's own, such as https://host:port")
	set.StringVarP(&p.flags.output, "output", "o", "", "table, wide, text, json, yaml, csv, or off for nothing but errors; default: $HAWSER_OUTPUT, else output in hawser.yaml, else table")
	set.StringVar(&p.flags.zone, "time", "", "show times in tables as utc or local; default: $HAWSER_TIME, else time in hawser.yaml, else utc")
	set.BoolVarP(&p.flags.quiet, "quiet", "q", false, "write the names alone, one a line, and nothing of what was changed")
	set.StringVar(&p.flags.query, "query", "", "a JMESPath expression that picks from the answer")
	set.BoolVarP(&p.flags.yes, "yes", "y", false, "confirm without asking")
	set.BoolVar(&p.flags.ReadOnly, "read-only", false, "refuse everything that does more than read")
	set.IntVar(&p.flags.MaxOutput, "max-output", 0, "cap an answer at so many bytes of JSON")
	set.StringVar(&p.flags.Timeout, "timeout", "", "the longest that a call may take, such as 90s; 0 means no limit")
	p.flags.progress = progressFlag{render.ProgressBars}
	set.Var(&p.flags.progress, "progress", "true shows bars on a terminal, false nothing, json a line for each step on standard error")
	set.BoolVar(&p.flags.noColor, "no-color", false, "the same as --color never")
	p.flags.color = "auto"
	set.Var(&p.flags.color, "color", "auto colours what is written to a terminal, always, or never; also by NO_COLOR and CLICOLOR_FORCE")
	set.BoolVar(&p.flags.noPager, "no-pager", false, "show long answers without a pager")
	set.BoolVar(&p.flags.noPager, "no-cli-pager", false, "the same as --no-pager")
	_ = set.MarkHidden("no-cli-pager")
	_ = root.RegisterFlagCompletionFunc("time", cobra.FixedCompletions(render.Zones(), cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(render.Formats(), cobra.ShellCompDirectiveNoFileComp))
}
