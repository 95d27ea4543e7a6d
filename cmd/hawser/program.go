package main

import (
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

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// program is one run of the command line.
type program struct {
	streams streams
	env     []string
	flags   globalFlags

	house   *house
	open    func() (*tool.Registry, error) // once: reads the configuration
	printer *render.Printer

	// completing: a shell asks for words, and there is no place for notes.
	completing bool
	// untrusted is what was said last of the project's file.
	untrusted said
}

// said is a note that is not repeated while it stays the same.
type said struct {
	mu   sync.Mutex
	last string
}

// changed tells whether a note is to be said, and remembers it.
func (s *said) changed(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.last != text
	s.last = text
	return changed && text != ""
}

// globalFlags are the flags that every command takes.
type globalFlags struct {
	config    string
	output    string
	query     string
	yes       bool
	readOnly  bool
	maxOutput int
	timeout   string
	progress  progressFlag
	noColor   bool
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

func newProgram(s streams, env []string) *program {
	p := &program{streams: s, env: env}
	p.house = newHouse(p)
	p.open = sync.OnceValues(p.house.registry)
	return p
}

// run executes one command line and gives the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.streams.in)
	root.SetOut(p.streams.out)
	root.SetErr(p.streams.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil {
		err = usageFault(err, cmd.CommandPath())
	}
	return p.fail(errors.Join(err, p.house.close()))
}

// fail writes an error to standard error and gives the exit code.
func (p *program) fail(err error) int {
	if err == nil {
		return 0
	}
	f := fault.From(err)
	render.Failure(p.streams.written(), p.flags.output, f)
	return f.Kind.ExitCode()
}

// usageFault makes cobra's and pflag's complaints a fault, so that they look
// like every other one.
func usageFault(err error, path string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%v", err).WithFix("see %s --help", path)
}

// loadConfig reads the configuration, and says in one line that there is a
// project's file that is not used.
func (p *program) loadConfig() (*config.Config, error) {
	c, err := config.Load(p.flags.config, p.getenv)
	if err == nil {
		err = c.CheckPatterns(namesOf(p.house.tools))
	}
	if err == nil && p.untrusted.changed(c.Untrusted()) && !p.completing {
		p.note("note: " + c.Untrusted())
	}
	return c, err
}

// namesOf are the names of tools.
func namesOf(tools []*tool.Tool) []string {
	names := make([]string, len(tools))
	for i, t := range tools {
		names[i] = t.Name
	}
	return names
}

// prepare runs before every command, when the flags are known.
func (p *program) prepare(cmd *cobra.Command, args []string) error {
	p.completing = cmd.Name() == cobra.ShellCompRequestCmd
	if err := ownFlags(cmd); err != nil {
		return err
	}
	if !isTool(cmd) && !p.completing {
		for _, arg := range args {
			if !utf8.ValidString(arg) {
				return fault.New(fault.Invalid, "the argument %s is not text in UTF-8", text.Quoted(arg)).WithFix("write it in UTF-8")
			}
		}
	}
	if p.getenv("NO_COLOR") != "" {
		p.flags.noColor = true
	}
	printer, err := render.New(p.streams.written(), p.flags.output, p.flags.query, p.flags.noColor || !p.streams.outTTY)
	p.printer = printer
	return err
}

// ownFlags refuses a flag of Hawser's own that is given with an empty value,
// such as by a script whose variable is not set: a limit that is empty would
// limit nothing. It refuses one that is not UTF-8, too. The inputs of tools have
// checks of their own.
func ownFlags(cmd *cobra.Command) (err error) {
	inputs := cmd.LocalNonPersistentFlags()
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err != nil || isTool(cmd) && inputs.Lookup(f.Name) != nil {
			return
		}
		switch value := f.Value.String(); {
		case value == "" || value == "[]":
			err = fault.New(fault.Invalid, "--%s is empty", f.Name).At(f.Name).WithFix("give it a value, or leave it out")
		case !utf8.ValidString(value):
			err = notText(f.Name).At(f.Name)
		}
	})
	return err
}

// isTool tells whether a command calls a tool.
func isTool(cmd *cobra.Command) bool {
	return cmd.GroupID == groupTools || cmd.HasParent() && cmd.Parent().GroupID == groupTools
}

// call makes one call through the registry and prints its outcome.
func (p *program) call(ctx context.Context, t *tool.Tool, input json.RawMessage) error {
	registry, err := p.open()
	if err != nil {
		return err
	}
	files, err := p.house.userFiles()
	if err != nil {
		return err
	}
	ctx, stop := untilHangup(ctx)
	defer stop()
	bar := render.NewProgress(p.streams.written(), p.flags.progress.mode)
	result, err := registry.Call(ctx, tool.Request{
		Tool: t.Name, Input: input, Caller: p.caller(), Files: files, Confirm: p.confirmer(),
		Progress: bar.Report, Emit: p.printer.Item,
	})
	bar.Close()
	if result == nil {
		return err
	}
	var printErr error
	if !p.printer.Followed() { // its items stand there already
		printErr = p.printer.Result(result)
	}
	p.printer.Afterword(result)
	return errors.Join(err, printErr, p.printer.Whole(result))
}

// untilHangup ends a call when its terminal closes, as Ctrl-C does, so that no
// half file stays behind. A program that nohup started goes on.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return ctx, func() {}
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

func (p *program) note(text string) { render.Note(p.streams.err, text) }

// caller is the person at this command line: the machine's user, who may do
// all that the guard lets through.
func (p *program) caller() caller.Caller {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return caller.Caller{Door: "cli", Actor: name, Role: caller.Admin}
}

func (p *program) getenv(name string) string {
	for i := len(p.env) - 1; i >= 0; i-- {
		if key, value, ok := strings.Cut(p.env[i], "="); ok && key == name {
			return value
		}
	}
	return ""
}

// otherVerbs are the commands for what the AWS CLI calls by another word.
func otherVerbs(word string) []string {
	switch word {
	case "ls":
		return []string{"list"}
	case "rm":
		return []string{"delete"}
	case "mv":
		return []string{"cp", "delete"}
	}
	return nil
}

// unknownCommand is the fault of a word that is no command.
func unknownCommand(cmd *cobra.Command, word string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			known = append(known, c.Name())
		}
	}
	err := fault.New(fault.Invalid, "there is no command %q", cmd.CommandPath()+" "+word)
	if also := otherVerbs(word); len(also) > 0 && !slices.ContainsFunc(also, func(v string) bool { return !slices.Contains(known, v) }) {
		return err.WithFix("did you mean %s %s?", cmd.CommandPath(), strings.Join(also, ", and then "+cmd.CommandPath()+" "))
	}
	if near := fault.Nearest(word, known); near != "" {
		return err.WithFix("did you mean %s %s?", cmd.CommandPath(), near)
	}
	return err.WithFix("see %s --help", cmd.CommandPath())
}
