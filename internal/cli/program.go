// Package cli builds the command line from the registry: a command for each noun
// and verb, with flags, help and completion. It also has what all commands share,
// such as questions and the exit code.
package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os/signal"
	"os/user"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/app"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// Program is one run of the command line.
type Program struct {
	// App opens the parts that commands need.
	App *app.App
	// Registry returns the registry for calls, from the App.
	Registry func() (*tool.Registry, error)
	// Streams are the streams of the process.
	Streams Streams
	// Version is the version of the program.
	Version string

	env []string
	// stdout is Streams.Out; nil if there is none.
	stdout *output
	// ctx ends when the program is interrupted. Run sets it.
	ctx     context.Context
	flags   globalFlags
	printer *render.Printer
	// configured are the output format and the zone of times of the configuration; empty if
	// they were not needed.
	configured struct{ format, zone string }

	// completing is set if a shell asks for completions, where notes have no
	// place.
	completing bool
	// untrusted is the last note about the project's file.
	untrusted said
}

// said is a note that is not repeated unless it changes.
type said struct {
	mu   sync.Mutex
	last string
}

// changed reports whether a note is to be written, and remembers it.
func (s *said) changed(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.last != text
	s.last = text
	return changed && text != ""
}

// globalFlags are the flags that every command takes.
type globalFlags struct {
	app.Flags
	output   string
	zone     string
	query    string
	quiet    bool
	yes      bool
	progress progressFlag
	noColor  bool
	color    colorFlag
	noPager  bool
}

// progressFlag is --progress. It is a pflag.Value.
type progressFlag struct{ mode render.ProgressMode }

func (f *progressFlag) String() string { return string(f.mode) }

// Type implements pflag.Value.
func (*progressFlag) Type() string { return "mode" }

// Set implements pflag.Value.
func (f *progressFlag) Set(text string) error {
	if !slices.Contains(render.ProgressModes(), render.ProgressMode(text)) {
		return errors.New("it is one of true, false and json")
	}
	f.mode = render.ProgressMode(text)
	return nil
}

// New returns a program for an environment, whose entries are NAME=value.
func New(s Streams, env []string, version string) *Program {
	p := &Program{Version: version, env: env, ctx: context.Background()}
	if s.Out != nil {
		p.stdout = &output{w: s.Out}
		s.Out = p.stdout
	}
	p.Streams = s
	o := app.Options{Flags: &p.flags.Flags, Getenv: p.Getenv, Stderr: s.Err, Loaded: p.loaded}
	if s.Ask {
		o.AskMFA = p.askMFA
	}
	p.App = app.New(o)
	p.Registry = p.App.Registry
	return p
}

// Run executes one command line and returns the exit code. Commands are those
// that are not tools.
func (p *Program) Run(ctx context.Context, args []string, commands ...*cobra.Command) int {
	p.ctx = ctx
	root := p.Root(commands...)
	root.SetArgs(args)
	root.SetIn(p.Streams.In)
	root.SetOut(p.Streams.Out)
	root.SetErr(p.Streams.Err)
	completeBash(root)
	addShellFlag(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil {
		err = usageFault(err, cmd.CommandPath())
	}
	return p.fail(errors.Join(err, p.App.Close(), p.stdout.err()))
}

// fail writes an error to standard error and returns the exit code.
func (p *Program) fail(err error) int {
	if err == nil {
		return 0
	}
	f := fault.From(err)
	render.Failure(p.Streams.written(), p.format(), f)
	return f.Kind.ExitCode()
}

// usageFault turns errors of cobra and pflag into faults, so that they look like
// every other error.
func usageFault(err error, path string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%v", err).WithFix("see %s --help", path)
}

// loaded notes in one line that a project's file is not used.
func (p *Program) loaded(c *config.Config) {
	if p.untrusted.changed(c.Untrusted()) && !p.completing {
		p.Note("note: " + c.Untrusted())
	}
}

// prepare runs before every command, when the flags are known.
func (p *Program) prepare(cmd *cobra.Command, args []string) error {
	p.completing = cmd.Name() == cobra.ShellCompRequestCmd
	if err := cmp.Or(ownFlags(cmd), oneTarget(cmd)); err != nil {
		return err
	}
	if !IsTool(cmd) && !p.completing {
		if err := ownArguments(cmd, args); err != nil {
			return err
		}
	}
	return p.newPrinter()
}

// ownArguments refuses an argument that is empty or not UTF-8. Those of tools are checked
// elsewhere.
func ownArguments(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		switch {
		case strings.TrimSpace(arg) == "":
			return fault.New(fault.Invalid, "an argument of %s is empty", cmd.CommandPath()).WithFix("give it a value, or leave it out")
		case !utf8.ValidString(arg):
			return fault.New(fault.Invalid, "the argument %s is not text in UTF-8", text.Quoted(arg)).WithFix("write it in UTF-8")
		}
	}
	return nil
}

// ownFlags refuses a flag of Hawser itself with an empty value, such as from a
// script whose variable is not set: an empty limit would limit nothing. It also
// refuses a value that is not UTF-8. The inputs of tools are checked elsewhere.
func ownFlags(cmd *cobra.Command) (err error) {
	inputs := cmd.LocalNonPersistentFlags()
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err != nil || IsTool(cmd) && inputs.Lookup(f.Name) != nil {
			return
		}
		switch value := f.Value.String(); {
		case emptyFlag(f.Value):
			err = fault.New(fault.Invalid, "--%s is empty", f.Name).At(f.Name).WithFix("give it a value, or leave it out")
		case !utf8.ValidString(value):
			err = notText(f.Name).At(f.Name)
		case f.Name == "max-output" && value == "0": // which would count as left out
			err = fault.New(fault.Invalid, "--%s is 0", f.Name).At(f.Name).WithFix("give at least %d, or leave it out", tool.MinOutputCap)
		}
	})
	return err
}

// oneTarget refuses a profile of the shared AWS files beside a connection: each says
// where a call goes.
func oneTarget(cmd *cobra.Command) error {
	profile, connection := cmd.InheritedFlags().Lookup("profile"), cmd.LocalNonPersistentFlags().Lookup("connection")
	if profile == nil || connection == nil || !profile.Changed || !connection.Changed {
		return nil
	}
	return fault.New(fault.Invalid, "--profile and --connection can't be used together").At("profile").
		WithCause("each of them says which credentials are used").WithFix("keep one of them")
}

// emptyFlag reports whether a flag, or a text of its list, is empty or white space alone.
func emptyFlag(value pflag.Value) bool {
	list, ok := value.(pflag.SliceValue)
	if !ok {
		return strings.TrimSpace(value.String()) == ""
	}
	blank := func(text string) bool { return strings.TrimSpace(text) == "" }
	return len(list.GetSlice()) == 0 || slices.ContainsFunc(list.GetSlice(), blank)
}

// IsTool reports whether a command calls a tool.
func IsTool(cmd *cobra.Command) bool {
	return cmd.GroupID == groupTools || cmd.HasParent() && cmd.Parent().GroupID == groupTools
}

// call makes one call through the registry and prints its outcome.
func (p *Program) call(ctx context.Context, t *tool.Tool, input json.RawMessage) error {
	registry, err := p.Registry()
	if err != nil {
		return err
	}
	files, err := p.App.UserFiles()
	if err != nil {
		return err
	}
	ctx, stop := untilHangup(ctx)
	defer stop()
	if err := p.configuredFormat(p.App.Config); err != nil {
		return err
	}
	p.printer.Identify(t.Identifies())
	bar, content := render.NewProgress(p.Streams.written(), p.progress()), p.newContent()
	result, err := registry.Call(ctx, tool.Request{
		Tool: t.Name, Input: input, Caller: p.caller(), Files: files, Stdio: content.stdio(), Confirm: p.Confirmer(),
		Progress: content.beside(bar.Report), Emit: p.printer.Item,
	})
	bar.Close()
	switch {
	case content.unwanted.Load():
		return nil
	case result == nil:
		return err
	case content.written.Load():
		p.printer.Omissions(result)
		return err
	}
	return p.print(result, err)
}

// untilHangup ends a call when its terminal closes, like Ctrl-C, so that no
// half-written file is left. A program that was started by nohup continues.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return ctx, func() {}
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

// Note writes a line for the person to standard error.
func (p *Program) Note(text string) { render.Note(p.Streams.Err, text) }

// caller returns the person at this command line: the machine's user, who may do
// everything that the guard allows.
func (p *Program) caller() caller.Caller {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return caller.Caller{Door: "cli", Actor: name, Role: caller.Admin}
}

// Flags returns the flags that apply to everything the App makes.
func (p *Program) Flags() app.Flags { return p.flags.Flags }

// Getenv returns a variable of the environment; empty if it is not set.
func (p *Program) Getenv(name string) string {
	for i := len(p.env) - 1; i >= 0; i-- {
		if key, value, ok := strings.Cut(p.env[i], "="); ok && key == name {
			return value
		}
	}
	return ""
}
