package main

import (
	"io"
	"log/slog"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// mcpFlags are the flags of hawser mcp and what stands under it.
type mcpFlags struct {
	profile string
	agent   config.Agent
	files   string
	http    httpFlags
}

// agentNames completes --profile.
func (p *program) agentNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := p.house.config()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.Sorted(maps.Keys(c.Agents)), cobra.ShellCompDirectiveNoFileComp
}

func (p *program) mcpCommand() *cobra.Command {
	var f mcpFlags
	cmd := &cobra.Command{
		Use: "mcp", Short: "Serve the tools to an AI agent by the Model Context Protocol",
		Long: `Serve the tools to an AI agent by the Model Context Protocol, on standard input
and output, or over HTTP with --http. The agent gets the tools of its profile and can do nothing more;
everything it does is recorded. What must be confirmed the person is asked about
through the client; where the client cannot ask, a one-time code is written to
the terminal, or to standard error where there is none. On SIGHUP the configuration
is read anew: clients are told that the tools changed, and calls that may no longer
be made end.`,
		Example: `  hawser mcp
  hawser mcp --read-only
  hawser mcp --tools 's3.*,ec2.list' --connections prod --confirm write,destroy
  hawser mcp --profile triage
  hawser mcp --profile triage --http 127.0.0.1:8765 --bearer HAWSER_TOKEN
  hawser mcp --http 127.0.0.1:8765 --tokens`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.http.onlyWith(cmd); err != nil {
				return err
			}
			served, err := p.agents(f)
			if err != nil {
				return err
			}
			go served.reload(cmd.Context())
			if f.http.address != "" {
				return p.serveMCP(cmd.Context(), served, f.http)
			}
			return served.main.Serve(cmd.Context(), io.NopCloser(p.streams.in), nopCloser{p.streams.out})
		},
	}
	f.add(cmd)
	f.http.add(cmd)
	for flag, complete := range map[string]cobra.CompletionFunc{"profile": p.agentNames, "tools": p.toolNames, "deny": p.toolNames} {
		_ = cmd.RegisterFlagCompletionFunc(flag, complete)
	}
	cmd.AddCommand(p.mcpInstallCommand(&f), p.mcpInspectCommand(&f))
	return cmd
}

// nopCloser leaves a stream open that is not ours to close.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// add gives a command the flags that say what an agent may do.
func (f *mcpFlags) add(cmd *cobra.Command) {
	set := cmd.PersistentFlags()
	set.StringVar(&f.profile, "profile", "", "the agent's profile in hawser.yaml")
	set.StringSliceVar(&f.agent.Tools, "tools", nil, "only these tools, as globs such as s3.*")
	set.StringSliceVar(&f.agent.Deny, "deny", nil, "not these tools")
	set.StringSliceVar(&f.agent.Connections, "connections", nil, "only these connections, as globs")
	set.StringSliceVar(&f.agent.Accounts, "accounts", nil, "only these accounts")
	set.StringSliceVar(&f.agent.Confirm, "confirm", nil, "the effects that a person is asked about besides those of guard.confirm, such as write")
	set.StringVar(&f.agent.NameStyle, "name-style", "", "how tools are named: dotted (s3.list, the default) or underscored (s3_list)")
	set.StringVar(&f.agent.OnBehalfOf, "for", "", "on whose behalf the agent works, for the audit log")
	set.StringVar(&f.files, "files", "", "the directory in which the agent may read and write files; default: files.root, or none")
	_ = cmd.MarkPersistentFlagDirname("files")
	_ = cmd.RegisterFlagCompletionFunc("name-style", cobra.FixedCompletions(config.NameStyles(), cobra.ShellCompDirectiveNoFileComp))
}

// agentOf is the profile that the flags come to, and the tools they leave of it.
func (h *house) agentOf(f mcpFlags) (agentProfile, []string, error) {
	c, err := h.config()
	if err != nil {
		return agentProfile{}, nil, err
	}
	profile, err := c.Profile(f.profile)
	if err != nil {
		return agentProfile{}, nil, err
	}
	narrowed, err := profile.Within(f.agent, flagsOrigin())
	if err != nil {
		return agentProfile{}, nil, err
	}
	if found := narrowed.Problems(); len(found) > 0 {
		return agentProfile{}, nil, found[0]
	}
	agent := agentProfile{Agent: narrowed, called: narrowed.Name()}
	if agent.Name() != "" {
		agent.denied = f.agent.Deny
	}
	if agent.granted, err = h.agentFiles(agent, f.files); err != nil {
		return agent, nil, err
	}
	return agent, f.agent.Tools, nil
}

// mcpServer makes the server of an agent.
func (p *program) mcpServer(agent agentProfile, registry *tool.Registry) (*mcpserver.Server, error) {
	options := p.mcpOptions(agent)
	options.Consent, options.Codes, options.Breakers = tool.NewConsent(nil), mcpserver.NewCodes(nil), mcpserver.NewBreakers(nil)
	return mcpserver.New(registry, options)
}

// mcpOptions are the options of an agent's server.
func (p *program) mcpOptions(agent agentProfile) mcpserver.Options {
	return mcpserver.Options{
		Agent: agent.called, For: agent.OnBehalfOf, Token: agent.token, Role: agent.Role, Names: mcpserver.NameStyle(agent.NameStyle),
		Approved: agent.Approve, ShowSecrets: agent.ShowSecrets, AuditAll: agent.Audit == "all", Files: agent.granted, Reach: agent.reach,
		Terminal: console{p.streams.device, p.streams.err}, Version: version(),
		Logger: slog.New(slog.NewTextHandler(p.streams.err, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}
