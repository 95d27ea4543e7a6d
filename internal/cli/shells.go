package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// addShellFlag lets a shell be named by a flag of the completion command, too, as gh has
// it: "completion -s bash" is "completion bash".
func addShellFlag(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "completion" })
	if i < 0 {
		return
	}
	cmd := root.Commands()[i]
	var shells []string
	for _, c := range cmd.Commands() {
		shells = append(shells, c.Name())
	}
	shell := cmd.Flags().StringP("shell", "s", "", "the shell: "+strings.Join(shells, ", "))
	_ = cmd.RegisterFlagCompletionFunc("shell", cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp))
	cmd.Args = AtMost(0)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !cmd.Flags().Changed("shell") {
			return cmd.Help()
		}
		for _, c := range cmd.Commands() {
			if c.Name() == *shell {
				return c.RunE(c, nil)
			}
		}
		return fault.New(fault.Invalid, "there is no completion for the shell %s", text.Quoted(*shell)).
			WithFix("give one of %s", strings.Join(shells, ", "))
	}
}

// helpVerb is the command "help" below a noun, as the aws CLI has it: it shows the help
// of the noun, or of one of its verbs.
func helpVerb() *cobra.Command {
	return &cobra.Command{
		Use: "help [VERB]", Short: "Show help", Hidden: true, Args: AtMost(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			noun := cmd.Parent()
			if len(args) == 0 {
				return noun.Help()
			}
			for _, verb := range noun.Commands() {
				if verb.Name() == args[0] {
					return verb.Help()
				}
			}
			return unknownCommand(noun, args[0])
		},
	}
}
