package cli

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// bashWords is what a script of Cobra lacks where the bash-completion package is not
// installed, as on macOS: the words of the command line.
//
//go:embed completion.bash
var bashWords string

// completeBash makes the script of hawser completion bash independent of the
// bash-completion package.
func completeBash(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion", "bash"})
	if err != nil {
		return
	}
	cmd.Long = `Generate the completion script for bash. It works without the package
bash-completion, and with the bash of macOS.`
	cmd.Example = `  eval "$(hawser completion bash)"
  hawser completion bash > ~/.local/share/bash-completion/completions/hawser`
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		plain, _ := cmd.Flags().GetBool("no-descriptions")
		out := cmd.OutOrStdout()
		if err := root.GenBashCompletionV2(out, !plain); err != nil {
			return err
		}
		_, err := io.WriteString(out, bashWords)
		return err
	}
}
