package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

func trustCommand(p *cli.Program) *cobra.Command {
	cmd := &cobra.Command{
		Use: "trust [DIRECTORY]", Short: "Let the hawser.yaml of a project count, after showing what it would set",
		Long: `Let the hawser.yaml of a project count when you work in its directory, after
showing what it would set. A project's file can add connections and agents and
narrow the guard. It is trusted as it is now: when it changes it is not used
until you trust it again.`,
		Example: `  hawser trust
  hawser trust ../shop
  hawser trust list
  hawser trust revoke ../shop`,
		Args: cli.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return trust(cmd.Context(), p, argument(args)) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the project files that are trusted, and whether they have changed", Args: cli.AtMost(0),
			Example: "  hawser trust list -o json",
			RunE:    func(*cobra.Command, []string) error { return trustList(p) },
		},
		&cobra.Command{
			Use: "revoke [DIRECTORY]", Short: "No longer trust the file of a project", Args: cli.AtMost(1),
			Example: "  hawser trust revoke ../shop",
			RunE:    func(_ *cobra.Command, args []string) error { return trustRevoke(p, argument(args)) },
		},
	)
	return cmd
}

// argument returns the single argument of a command; the default is the project's
// directory.
func argument(args []string) string {
	if len(args) == 0 {
		return config.ProjectDir
	}
	return args[0]
}

// trust shows what a project's file would set, asks, and records that its content
// is trusted. The same bytes are shown, checked and recorded.
func trust(ctx context.Context, p *cli.Program, where string) error {
	user, err := ownConfig(p)
	if err != nil {
		return err
	}
	path, err := config.ProjectFile(where)
	if err != nil {
		return err
	}
	if config.SameFile(path, user.Path()) {
		return fault.New(fault.Invalid, "%s is your own configuration", path).WithFix("it counts as it is, and needs no trust")
	}
	content, err := config.ReadProject(path)
	if err != nil {
		return err
	}
	trusted, err := config.TrustedPath(path)
	if err != nil {
		return err
	}
	project, err := config.ParseProject(path, content, user)
	if err != nil {
		return err
	}
	if err := project.CheckOwnPatterns(p.App.ToolNames()); err != nil {
		return err
	}
	if _, err := fmt.Fprint(p.Streams.Out, config.View(trusted, project, user)); err != nil {
		return err // nobody has seen what would be trusted
	}
	yes, err := p.Confirmer().Confirm(ctx, tool.Question{
		Tool: "hawser trust", Summary: "Let a project's configuration count", Effect: tool.Write, Subject: trusted,
		Text: "Let " + text.Name(trusted) + " count until it changes?",
	})
	switch {
	case err != nil:
		return err
	case !yes:
		return fault.New(fault.Unconfirmed, "%s is not trusted", path).WithCause("the answer was no")
	}
	record, err := config.OpenTrust()
	if err != nil {
		return err
	}
	if err := record.Add(trusted, content, time.Now()); err != nil {
		return err
	}
	p.Note("trusted until it changes: " + trusted)
	return nil
}

// ownConfig returns the configuration without a project's file.
func ownConfig(p *cli.Program) (*config.Config, error) {
	if path := cmp.Or(p.Flags().Config, p.Getenv("HAWSER_CONFIG")); path != "" {
		return config.Read(path)
	}
	return config.User(p.Getenv)
}

// trustRow is a trusted file in the output of hawser trust list.
type trustRow struct {
	Path  string    `json:"path" column:"FILE"`
	Since time.Time `json:"since" column:"SINCE"`
	State string    `json:"state" column:"STATE"`
}

func trustList(p *cli.Program) error {
	record, err := config.OpenTrust()
	if err != nil {
		return err
	}
	all, err := record.List()
	if err != nil {
		return err
	}
	list := tool.List[trustRow]{Items: []trustRow{}}
	for _, t := range all {
		list.Items = append(list.Items, trustRow{t.Path, t.Since, t.State()})
	}
	return p.Show(list)
}

// trustRevoke removes a file from the record. The file itself may not exist any
// more.
func trustRevoke(p *cli.Program, where string) error {
	record, err := config.OpenTrust()
	if err != nil {
		return err
	}
	removed, err := record.Revoke(where)
	if err != nil {
		return err
	}
	if len(removed) == 0 {
		return fault.New(fault.NotFound, "no file of %s is trusted", where).WithFix("hawser trust list shows those that are")
	}
	p.Note("no longer trusted: " + strings.Join(removed, ", "))
	return nil
}
