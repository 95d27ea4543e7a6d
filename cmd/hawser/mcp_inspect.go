package main

import (
	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/mcpserver"
)

// agentView is what hawser mcp inspect prints.
type agentView struct {
	Profile        string   `json:"profile,omitempty"`
	OnBehalfOf     string   `json:"on_behalf_of,omitempty"`
	Connections    []string `json:"connections"`
	Accounts       []string `json:"accounts,omitempty"`
	SourceIdentity string   `json:"source_identity,omitempty"`
	SessionPolicy  string   `json:"session_policy,omitempty"`
	ShowSecrets    bool     `json:"show_secrets,omitempty"`
	// Files is the directory in which the agent may read and write files.
	Files string `json:"files,omitempty"`
	mcpserver.View
}

// Rows returns the tools for a table.
func (v agentView) Rows() any { return v.Tools }

func mcpInspectCommand(p *cli.Program, f *mcpFlags) *cobra.Command {
	return &cobra.Command{
		Use: "inspect", Short: "Show what an agent with these flags or this profile would see",
		Example: `  hawser mcp inspect
  hawser mcp inspect --agent triage
  hawser mcp inspect --agent triage -o yaml`,
		Args: cli.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			agent, registry, err := p.App.Agent(f.Flags, auth.Token{})
			if err != nil {
				return err
			}
			server, err := agentOptions(p, *f).Server(agent, registry)
			if err != nil {
				return err
			}
			seen, err := server.View(cmd.Context())
			if err != nil {
				return err
			}
			return p.Show(agentView{
				Profile: agent.Called, OnBehalfOf: agent.OnBehalfOf, Connections: agent.Pool.Names(), Accounts: agent.Accounts,
				SourceIdentity: agent.SourceIdentity, SessionPolicy: string(agent.SessionPolicy), ShowSecrets: agent.ShowSecrets,
				Files: agent.Reach.Files(), View: seen,
			})
		},
	}
}
