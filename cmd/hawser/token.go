package main

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

func tokenCommand(p *cli.Program) *cobra.Command {
	cmd := &cobra.Command{
		Use: "token", Short: "Make, list and revoke the tokens of programs and agents that call over HTTP",
		Args: cli.AtMost(0), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(tokenCreateCommand(p), tokenListCommand(p), tokenRevokeCommand(p))
	return cmd
}

func tokenCreateCommand(p *cli.Program) *cobra.Command {
	var t auth.Token
	var expires, role string
	cmd := &cobra.Command{
		ValidArgsFunction: cobra.NoFileCompletions,
		Use:               "create NAME", Short: "Make a token, which is shown once",
		Example: `  hawser token create dashboard --read-only --expires 90d
  hawser token create deploy --tools 's3.*,lambda.invoke' --role operator --expires 30d
  hawser token create ada-laptop --agent triage --for ada@example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t.Name, t.Role = args[0], caller.Role(role)
			until, err := config.Expiry(expires, time.Now())
			if err != nil {
				return err
			}
			t.Expires = until
			return createToken(p, t)
		},
	}
	cli.TextsVar(cmd.Flags(), &t.Tools, "tools", "only these tools, as globs such as s3.*")
	cmd.Flags().StringVar(&t.Agent, "agent", "", "the agent profile of its holder, for hawser mcp --tokens")
	cmd.Flags().StringVar(&t.For, "for", "", "on whose behalf its holder works, for the audit log")
	_ = cmd.RegisterFlagCompletionFunc("agent", p.AgentNames)
	_ = cmd.RegisterFlagCompletionFunc("tools", p.ToolNames)
	cmd.Flags().StringVar(&role, "role", string(caller.Operator), "what it may do in Hawser: viewer, operator or admin")
	cmd.Flags().StringVar(&expires, "expires", "30d", "how long it is good, such as 12h or 30d; never for no end")
	return cmd
}

// tokenName matches a valid name of a token, which is written in logs.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func createToken(p *cli.Program, t auth.Token) error {
	if !tokenName.MatchString(t.Name) {
		return fault.New(fault.Invalid, "%q is not a valid name for a token", t.Name).At("name").WithFix("use letters, digits, dots, dashes and underscores, 64 at most")
	}
	if !slices.Contains([]caller.Role{caller.Viewer, caller.Operator, caller.Admin}, t.Role) {
		return fault.New(fault.Invalid, "%q is not a role", t.Role).At("role").WithFix("use viewer, operator or admin")
	}
	if t.Agent != "" {
		c, err := p.App.Config()
		if err != nil {
			return err
		}
		if _, err := c.Profile(t.Agent); err != nil {
			return err
		}
	}
	if err := tool.CheckPatterns("tools", t.Tools, p.App.ToolNames()); err != nil {
		return err
	}
	t.ReadOnly = t.ReadOnly || p.Flags().ReadOnly
	all, err := p.App.Tokens()
	if err != nil {
		return err
	}
	cli.KeepOnBrokenPipe()
	secret, err := all.Create(t)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.Streams.Out, secret); err != nil {
		f := fault.From(err)
		return f.WithCause("%s; the token %s was created, and nobody has seen it", f.Cause, t.Name).
			WithFix("hawser token revoke %s, and create it again; %s", t.Name, f.Fix)
	}
	p.Note("keep it now: it is not shown again")
	return nil
}

func tokenListCommand(p *cli.Program) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the tokens, with their last use", Args: cli.AtMost(0), Example: "  hawser token list -o json",
		RunE: func(*cobra.Command, []string) error {
			all, err := p.App.Tokens()
			if err != nil {
				return err
			}
			items, err := all.List()
			if err != nil {
				return err
			}
			return p.Show(tool.List[auth.Token]{Items: append([]auth.Token{}, items...)})
		},
	}
}

func tokenRevokeCommand(p *cli.Program) *cobra.Command {
	return &cobra.Command{
		Use: "revoke NAME", Short: "End a token at once", Args: cobra.ExactArgs(1), Example: "  hawser token revoke dashboard",
		ValidArgsFunction: p.TokenNames,
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := p.App.Tokens()
			if err != nil {
				return err
			}
			if err := all.Revoke(args[0]); err != nil {
				return err
			}
			p.Note("revoked " + args[0])
			return nil
		},
	}
}
