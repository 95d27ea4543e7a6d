package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// installFlags are the flags of hawser mcp install.
type installFlags struct {
	undo, dryRun bool
	exchange     bool
	path         string
}

func (p *program) mcpInstallCommand(m *mcpFlags) *cobra.Command {
	var f installFlags
	cmd := &cobra.Command{
		Use: "install CLIENT", Short: "Write Hawser into an AI client's configuration",
		Long: `Write Hawser into the configuration of an AI client: ` + strings.Join(mcpClientNames(), ", ") + `.

It shows the change, writes it on yes, keeps what was there beside it with the
ending .before-hawser, and can be undone. The other flags say what the client's
agent may do, as for hawser mcp. With --exchange the agent gets a folder of its
own for files, which it can share with you.`,
		Example: `  hawser mcp install claude-desktop --read-only
  hawser mcp install claude-code --profile triage
  hawser mcp install codex --profile triage --dry-run
  hawser mcp install claude-code --exchange
  hawser mcp install cursor --undo`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: mcpClientNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return p.install(cmd.Context(), args[0], *m, f) },
	}
	cmd.Flags().BoolVar(&f.undo, "undo", false, "take the entry out again")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the change and write nothing")
	cmd.Flags().BoolVar(&f.exchange, "exchange", false, "make a folder for files that the agent and you exchange")
	cmd.Flags().StringVar(&f.path, "file", "", "the client's configuration; default: where its user's stands")
	return cmd
}

func (p *program) install(ctx context.Context, name string, m mcpFlags, f installFlags) error {
	client, err := findClient(name)
	if err != nil {
		return err
	}
	if f.path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "the home directory is unknown").WithFix("give --file")
		}
		f.path = client.file(home, runtime.GOOS)
	}
	before, err := os.ReadFile(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Invalid, "%s can't be read", f.path).WithCause("%v", err).WithFix("let this user read it")
	}
	if f.exchange && !f.undo {
		if m.files, err = p.exchangeFor(m); err != nil {
			return err
		}
	}
	after, err := p.edited(client, before, m, f)
	if err != nil {
		e := fault.From(err)
		e.File = f.path
		return e
	}
	if bytes.Equal(before, after) {
		p.note(f.path + " needs no change")
		return nil
	}
	fmt.Fprintf(p.streams.out, "%s\n%s", f.path, difference(string(before), string(after)))
	if f.dryRun {
		return nil
	}
	does := "Write "
	if len(after) == 0 {
		does = "Remove "
	}
	yes, err := p.confirmer().Confirm(ctx, tool.Question{Tool: "hawser mcp install", Effect: tool.Write, Text: does + text.Visible(f.path) + "?"})
	switch {
	case err != nil:
		return err
	case !yes:
		return fault.New(fault.Unconfirmed, "%s was left as it is", f.path).WithCause("the answer was no")
	}
	if f.exchange && !f.undo {
		if err := p.makeExchange(m.files); err != nil {
			return err
		}
	}
	done := "written"
	if len(after) == 0 {
		if err := os.Remove(f.path); err != nil {
			return fault.Wrap(err, fault.Invalid, "%s can't be removed", f.path).WithCause("%v", err).WithFix("let this user remove it")
		}
		done = "removed"
	} else if err := replaceFile(f.path, before, after, f.undo); err != nil {
		return err
	}
	p.note(done + "; restart " + client.title + " for it to take effect")
	return nil
}

// edited is the configuration with the entry, or without it.
func (p *program) edited(client mcpClient, before []byte, m mcpFlags, f installFlags) ([]byte, error) {
	if f.undo {
		return client.undone(f.path, before)
	}
	files := m.files
	m.files = "" // an exchange folder is not there yet
	if _, _, err := p.house.agentOf(m); err != nil {
		return nil, err // it would not start
	}
	m.files = files
	command, err := os.Executable()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the path of this program is unknown")
	}
	args, err := p.agentArgs(m)
	if err != nil {
		return nil, err
	}
	return client.set(before, client.entry(command, args))
}

// agentArgs are the arguments that start the same agent from anywhere.
func (p *program) agentArgs(m mcpFlags) ([]string, error) {
	args := []string{"mcp"}
	config, err := p.house.config()
	if err != nil {
		return nil, err
	}
	if err := config.everywhere(m.profile); err != nil {
		return nil, err
	}
	if config.path != "" {
		path, err := filepath.Abs(config.path)
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
	if m.files != "" {
		dir, err := filepath.Abs(m.files)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the path of %s is unknown", m.files)
		}
		add("files", dir)
	}
	add("profile", m.profile)
	add("tools", m.agent.Tools...)
	add("deny", m.agent.Deny...)
	add("connections", m.agent.Connections...)
	add("accounts", m.agent.Accounts...)
	add("confirm", m.agent.Confirm...)
	add("name-style", string(m.agent.NameStyle))
	add("for", m.agent.OnBehalfOf)
	if p.flags.readOnly {
		args = append(args, "--read-only")
	}
	if p.flags.maxOutput != 0 {
		add("max-output", fmt.Sprint(p.flags.maxOutput))
	}
	return args, nil
}

// everywhere refuses the profile of a project's file for an agent that is
// started from anywhere: the file counts in its own directory alone, and naming
// it by --config would trust it whatever it says later.
func (c *Config) everywhere(profile string) error {
	if c.project == nil {
		return nil
	}
	if _, ok := c.project.Agents[profile]; !ok {
		return nil
	}
	return fault.New(fault.Invalid, "the profile %q is in the project's file %s, which counts only in its directory", profile, c.project.path).
		At("profile").WithFix("write the profile in your own configuration%s", c.named())
}

// backupEnding is what the file of before is called by.
const backupEnding = ".before-hawser"

// replaceFile writes a file whole, and what was there beside it. What is undone
// is not what was there before hawser, and is not kept.
func replaceFile(path string, before, after []byte, undo bool) error {
	failed := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "%s can't be written", path).WithCause("%v", err).WithFix("let this user write it")
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if undo {
			before = nil
		}
		if err := keepFirst(path+backupEnding, before, mode); err != nil {
			return failed(err)
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return failed(err)
	}
	// A link to the file stays a link: the file it leads to is replaced.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	part := path + ".hawser-part"
	//nolint:gosec // the path is the one that the person at the terminal gave or was shown
	if err := os.WriteFile(part, after, mode); err != nil {
		return failed(err)
	}
	if err := os.Rename(part, path); err != nil {
		return failed(errors.Join(err, os.Remove(part)))
	}
	return nil
}

// keepFirst keeps what a file was before hawser first changed it.
func keepFirst(path string, text []byte, mode fs.FileMode) error {
	if text == nil {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// difference shows what changes, line by line.
func difference(before, after string) string {
	a, b := strings.Split(strings.TrimRight(before, "\n"), "\n"), strings.Split(strings.TrimRight(after, "\n"), "\n")
	if before == "" {
		a = nil
	}
	if after == "" {
		b = nil
	}
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out strings.Builder
	for _, line := range a[head : len(a)-tail] {
		fmt.Fprintf(&out, "- %s\n", line)
	}
	for _, line := range b[head : len(b)-tail] {
		fmt.Fprintf(&out, "+ %s\n", line)
	}
	return out.String()
}
