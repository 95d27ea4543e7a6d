package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpclients"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// installFlags are the flags of hawser mcp install.
type installFlags struct {
	undo, dryRun bool
	exchange     bool
	path         string
}

func mcpInstallCommand(p *cli.Program, m *mcpFlags) *cobra.Command {
	var f installFlags
	cmd := &cobra.Command{
		Use: "install CLIENT", Short: "Write Hawser into an AI client's configuration",
		Long: `Write Hawser into the configuration of an AI client: ` + strings.Join(mcpclients.Names(), ", ") + `.

It shows the change, writes it on yes, keeps what was there beside it with the
ending .before-hawser, and can be undone. The other flags say what the client's
agent may do, as for hawser mcp. With --exchange the agent gets a folder of its
own for files, which it can share with you.`,
		Example: `  hawser mcp install claude-desktop --read-only
  hawser mcp install claude-code --agent triage
  hawser mcp install codex --agent triage --dry-run
  hawser mcp install claude-code --exchange
  hawser mcp install cursor --undo`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: mcpclients.Names(),
		RunE:      func(cmd *cobra.Command, args []string) error { return install(cmd.Context(), p, args[0], *m, f) },
	}
	cmd.Flags().BoolVar(&f.undo, "undo", false, "take the entry out again")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the change and write nothing")
	cmd.Flags().BoolVar(&f.exchange, "exchange", false, "make a folder for files that the agent and you exchange")
	cmd.Flags().StringVar(&f.path, "file", "", "the client's configuration; default: where its user's stands")
	return cmd
}

func install(ctx context.Context, p *cli.Program, name string, m mcpFlags, f installFlags) error {
	client, err := mcpclients.Find(name)
	if err != nil {
		return err
	}
	if err := f.findPath(client); err != nil {
		return err
	}
	before, err := mcpclients.Read(f.path)
	if err != nil {
		return err
	}
	if f.exchange && !f.undo {
		if m.Files, err = exchangeFor(p, m); err != nil {
			return err
		}
	}
	after, err := edited(p, client, before, m, f)
	if err != nil {
		e := *fault.From(err)
		e.File = f.path
		return &e
	}
	if bytes.Equal(before, after) {
		p.Note(f.path + " needs no change")
		return nil
	}
	if _, err := fmt.Fprintf(p.Streams.Out, "%s\n%s", f.path, mcpclients.Difference(string(before), string(after))); err != nil || f.dryRun {
		return err
	}
	if err := f.confirm(ctx, p, len(after) == 0); err != nil {
		return err
	}
	if f.exchange && !f.undo {
		if err := makeExchange(p, m.Files); err != nil {
			return err
		}
	}
	done, err := f.write(before, after)
	if err != nil {
		return err
	}
	p.Note(done + "; restart " + client.Title + " for it to take effect")
	return nil
}

// findPath sets the path of the client's configuration, unless --file gave one.
func (f *installFlags) findPath(client mcpclients.Client) error {
	if f.path != "" {
		return nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the home directory is unknown").WithFix("give --file")
	}
	f.path = client.Path(home, runtime.GOOS)
	return nil
}

// confirm asks whether the file is to be written, or removed. It returns an error unless
// the answer is yes.
func (f *installFlags) confirm(ctx context.Context, p *cli.Program, remove bool) error {
	does := "Write "
	if remove {
		does = "Remove "
	}
	yes, err := p.Confirmer().Confirm(ctx, tool.Question{Tool: "hawser mcp install", Effect: tool.Write, Text: does + text.Name(f.path) + "?"})
	if err == nil && !yes {
		err = fault.New(fault.Unconfirmed, "%s was left as it is", f.path).WithCause("the answer was no")
	}
	return err
}

// write replaces the file, or removes it if nothing is left in it, and says which.
func (f *installFlags) write(before, after []byte) (done string, err error) {
	if len(after) == 0 {
		return "removed", mcpclients.Remove(f.path, before)
	}
	return "written", mcpclients.Replace(f.path, before, after, f.undo)
}

// edited returns the configuration with the entry, or without it.
func edited(p *cli.Program, client mcpclients.Client, before []byte, m mcpFlags, f installFlags) ([]byte, error) {
	if f.undo {
		return client.Without(f.path, before)
	}
	files := m.Files
	m.Files = "" // an exchange folder does not exist yet
	if _, err := agentOf(p, m); err != nil {
		return nil, err // the agent would not start
	}
	m.Files = files
	command, err := os.Executable()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the path of this program is unknown")
	}
	args, err := agentArgs(p, m)
	if err != nil {
		return nil, err
	}
	return client.With(before, client.Entry(command, args))
}

// agentArgs returns the arguments that start the same agent from any directory.
func agentArgs(p *cli.Program, m mcpFlags) ([]string, error) {
	args := []string{"mcp"}
	config, err := p.App.Config()
	if err != nil {
		return nil, err
	}
	if err := config.Everywhere(m.Profile); err != nil {
		return nil, err
	}
	if config.Path() != "" {
		path, err := filepath.Abs(config.Path())
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the configuration's path is unknown")
		}
		args = append(args, "--config", path)
	}
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				args = append(args, "--"+flag, v)
			}
		}
	}
	if m.Files != "" {
		dir, err := filepath.Abs(m.Files)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the path of %s is unknown", m.Files)
		}
		add("files", dir)
	}
	add("region", p.Flags().AWS.Region)
	add("endpoint-url", p.Flags().AWS.Endpoint)
	add("agent", m.Profile)
	add("tools", m.Agent.Tools...)
	add("deny", m.Agent.Deny...)
	add("connections", m.Agent.Connections...)
	add("accounts", m.Agent.Accounts...)
	add("confirm", m.Agent.Confirm...)
	add("name-style", m.Agent.NameStyle)
	add("for", m.Agent.OnBehalfOf)
	if p.Flags().ReadOnly {
		args = append(args, "--read-only")
	}
	if p.Flags().MaxOutput != 0 {
		add("max-output", fmt.Sprint(p.Flags().MaxOutput))
	}
	return args, nil
}

// exchangeFor returns the exchange folder of the agent of these flags.
func exchangeFor(p *cli.Program, m mcpFlags) (string, error) {
	if m.Files != "" {
		return "", fault.New(fault.Invalid, "--exchange and --files can't be used together").At("exchange").WithFix("keep one of them")
	}
	agent, err := agentOf(p, m)
	if err != nil {
		return "", err
	}
	if agent.Name() != "" && !agent.Files {
		return "", agent.NoFiles()
	}
	return config.ExchangeDir(agent.Name())
}

// makeExchange makes the folder. Only the user can enter it.
func makeExchange(p *cli.Program, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Invalid, "the exchange folder %s can't be made", dir).WithCause("%v", err).
			WithFix("let this user write there")
	}
	p.Note("files are exchanged in " + dir)
	return nil
}
