package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/app"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config"
)

// mcpFlags are the flags of hawser mcp and of the commands below it.
type mcpFlags struct {
	agent.Flags
	http httpFlags
}

func mcpCommand(p *cli.Program) *cobra.Command {
	var f mcpFlags
	cmd := &cobra.Command{
		Use: "mcp", Short: "Serve the tools to an AI agent by the Model Context Protocol",
		Long: `Serve the tools to an AI agent by the Model Context Protocol, on standard input
and output, or over HTTP with --http. The agent gets the tools of its profile and can do nothing more;
everything it does is recorded. What must be confirmed the person is asked about
through the client; where the client cannot ask, a one-time code is written to
the terminal, or to standard error where there is none. On SIGHUP the configuration
is reloaded: clients are told that the tools changed, and calls that may no longer
be made end.`,
		Example: `  hawser mcp
  hawser mcp --read-only
  hawser mcp --tools 's3.*,ec2.list' --connections prod --confirm write,destroy
  hawser mcp --agent triage
  hawser mcp --agent triage --http 127.0.0.1:8765 --bearer HAWSER_TOKEN
  hawser mcp --http 127.0.0.1:8765 --tokens`,
		Args: cli.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.http.onlyWith(cmd); err != nil {
				return err
			}
			return serveAgents(cmd.Context(), p, f)
		},
	}
	f.add(cmd)
	f.http.add(cmd)
	for flag, complete := range map[string]cobra.CompletionFunc{"agent": p.AgentNames, "tools": p.ToolNames, "deny": p.ToolNames} {
		_ = cmd.RegisterFlagCompletionFunc(flag, complete)
	}
	cmd.AddCommand(mcpInstallCommand(p, &f), mcpInspectCommand(p, &f))
	return cmd
}

// serveAgents serves over HTTP if the flags say so, else on standard input and
// output, until ctx ends.
func serveAgents(ctx context.Context, p *cli.Program, f mcpFlags) (err error) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // before anything is opened, because opening may take time
	defer signal.Stop(hangups)
	options := agentOptions(p, f)
	if f.http.tokens {
		if options.Tokens, err = p.App.ReadableTokens(); err != nil {
			return err
		}
	}
	agents, err := p.App.Agents(options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, agents.Close()) }()
	go agents.Reload(ctx, hangups)
	if f.http.Address != "" {
		return serveMCP(ctx, p, agents, f.http)
	}
	return agents.Main().Serve(ctx, io.NopCloser(p.Streams.In), nopCloser{p.Streams.Out})
}

// agentOptions returns the options for serving the agents of these flags.
func agentOptions(p *cli.Program, f mcpFlags) app.AgentOptions {
	return app.AgentOptions{Flags: f.Flags, Terminal: p.Console(), Stderr: p.Streams.Err, Version: p.Version, Note: p.Note}
}

// nopCloser does not close a stream that it does not own.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// add declares the flags that say what an agent may do.
func (f *mcpFlags) add(cmd *cobra.Command) {
	set := cmd.PersistentFlags()
	set.StringVar(&f.Profile, "agent", "", "the agent's profile in hawser.yaml")
	set.Var(renamed{"agent"}, "profile", "")
	_ = set.MarkHidden("profile")
	cli.TextsVar(set, &f.Agent.Tools, "tools", "only these tools, as globs such as s3.*")
	cli.TextsVar(set, &f.Agent.Deny, "deny", "not these tools")
	cli.TextsVar(set, &f.Agent.Connections, "connections", "only these connections, as globs")
	cli.TextsVar(set, &f.Agent.Accounts, "accounts", "only these accounts")
	cli.TextsVar(set, &f.Agent.Confirm, "confirm", "the effects that a person is asked about besides those of guard.confirm, such as write")
	set.StringVar(&f.Agent.NameStyle, "name-style", "", "how tools are named: dotted (s3.list, the default) or underscored (s3_list)")
	set.StringVar(&f.Agent.OnBehalfOf, "for", "", "on whose behalf the agent works, for the audit log")
	set.StringVar(&f.Files, "files", "", "the directory in which the agent may read and write files; default: files.root, or none")
	_ = cmd.MarkPersistentFlagDirname("files")
	_ = cmd.RegisterFlagCompletionFunc("name-style", cobra.FixedCompletions(config.NameStyles(), cobra.ShellCompDirectiveNoFileComp))
}

// agentOf returns the agent of the flags.
func agentOf(p *cli.Program, f mcpFlags) (*agent.Agent, error) {
	c, err := p.App.Config()
	if err != nil {
		return nil, err
	}
	return agent.New(c, f.Flags, auth.Token{}, p.App)
}
