package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

func logoutCommand(p *cli.Program) *cobra.Command {
	var asked signin.Asked
	var all bool
	cmd := &cobra.Command{
		Use: "logout", Short: "Sign out of IAM Identity Center",
		Long: `Sign out of IAM Identity Center: end the session at AWS, and remove its token from this
machine, for every program. Credentials of roles that a program has already got stay
valid until they end by themselves.`,
		Example: "  hawser logout\n  hawser logout --profile prod-sso\n  hawser logout --all",
		Args:    cli.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return logout(cmd.Context(), p, asked, all) },
	}
	sessionFlags(cmd, p, &asked)
	cmd.Flags().BoolVar(&all, "all", false, "sign out of every session on this machine")
	return cmd
}

func logout(ctx context.Context, p *cli.Program, asked signin.Asked, all bool) error {
	leaver, err := p.App.Leaver()
	if err != nil {
		return err
	}
	list := tool.List[signin.SignedOut]{Items: []signin.SignedOut{}}
	var failed error
	if all {
		if asked != (signin.Asked{}) || p.Flags().AWS.Profile != "" {
			return fault.New(fault.Invalid, "--all can't be used with a session").WithFix("leave the others out")
		}
		out, err := leaver.SignOutOfAll(ctx)
		list.Items, failed = append(list.Items, out...), err
	} else {
		s, err := p.App.Session(ctx, asked)
		if err != nil {
			return err
		}
		out, found, err := leaver.SignOut(ctx, s)
		if failed = err; found {
			list.Items = append(list.Items, out)
		} else if err == nil {
			p.Note("nobody was signed in to " + s.Title())
		}
	}
	if err := p.Show(list); err != nil {
		return err
	}
	if n, dir := signin.OthersKeep(); n > 0 && failed == nil {
		p.Note(fmt.Sprintf("%d credentials of roles, which the aws CLI got, are still in %s: they are not Hawser's, and end by themselves; aws sso logout removes them", n, dir))
	}
	return failed
}
