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

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
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
	printer *printer

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
	progress  progressMode
	noColor   bool
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

// loadConfig reads the configuration, and says in one line that there is a
// project's file that is not used.
func (p *program) loadConfig() (*Config, error) {
	config, err := loadConfig(p.flags.config, p.getenv)
	if err == nil {
		err = config.checkPatterns(namesOf(p.house.tools))
	}
	if err == nil && p.untrusted.changed(config.untrusted) && !p.completing {
		p.note("note: " + config.untrusted)
	}
	return config, err
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
func (p *program) prepare(cmd *cobra.Command, _ []string) error {
	p.completing = cmd.Name() == cobra.ShellCompRequestCmd
	if err := emptyFlags(cmd); err != nil {
		return err
	}
	if p.getenv("NO_COLOR") != "" {
		p.flags.noColor = true
	}
	printer, err := newPrinter(p.streams, p.flags.output, p.flags.query, p.flags.noColor || !p.streams.outTTY)
	p.printer = printer
	return err
}

// emptyFlags refuses a flag of Hawser's own that is given with an empty value,
// such as by a script whose variable is not set: a limit that is empty would
// limit nothing. The inputs of tools have checks of their own.
func emptyFlags(cmd *cobra.Command) (err error) {
	inputs := cmd.LocalNonPersistentFlags()
	ofTool := cmd.GroupID == groupTools || cmd.HasParent() && cmd.Parent().GroupID == groupTools
	cmd.Flags().Visit(func(f *pflag.Flag) {
		input := ofTool && inputs.Lookup(f.Name) != nil
		if text := f.Value.String(); err == nil && !input && (text == "" || text == "[]") {
			err = fault.New(fault.Invalid, "--%s is empty", f.Name).At(f.Name).WithFix("give it a value, or leave it out")
		}
	})
	return err
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
	bar := newProgress(p.streams, p.flags.progress)
	result, err := registry.Call(ctx, tool.Request{
		Tool: t.Name, Input: input, Caller: p.caller(), Files: files, Confirm: p.confirmer(),
		Progress: bar.report, Emit: p.printer.item,
	})
	bar.close()
	if result == nil {
		return err
	}
	var printErr error
	if !p.printer.followed { // its items stand there already
		printErr = p.printer.result(result)
	}
	p.afterword(result)
	return errors.Join(err, printErr, p.wholeText(result))
}

// untilHangup ends a call when its terminal closes, as Ctrl-C does, so that no
// half file stays behind. A program that nohup started goes on.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return ctx, func() {}
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

// wholeText is the fault of an answer that is one text and was cut: a script
// that writes it to a file would take the beginning for the whole.
func (p *program) wholeText(r *tool.Result) error {
	text, ok := r.Output.(interface{ Whole() error })
	if !ok || !p.printer.asText(r) {
		return nil
	}
	return text.Whole()
}

// afterword says on standard error what the answer leaves out.
func (p *program) afterword(r *tool.Result) {
	if r.Cut != "" {
		p.note("cut: " + r.Cut)
	}
	for _, note := range r.Notes {
		p.note("note: " + note)
	}
	p.failures(r.Failures)
	var more struct {
		Cursor string `json:"cursor"`
	}
	if p.flags.output == "table" && json.Unmarshal(r.JSON, &more) == nil && more.Cursor != "" {
		p.note("more: --cursor " + more.Cursor)
	}
}

func (p *program) note(s string) {
	_, _ = p.streams.err.Write([]byte(text.Escape(s, "") + "\n"))
}

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
