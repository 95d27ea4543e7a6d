package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// nounCommands makes the command line of the tools: a command for each noun with one for
// each of its verbs, and for the other forms of tools.
func (p *Program) nounCommands(tools []*tool.Tool) []*cobra.Command {
	verbs := map[string][]verb{}
	for _, t := range tools {
		for noun, own := range verbsOf(t) {
			verbs[noun] = append(verbs[noun], own...)
		}
	}
	var commands []*cobra.Command
	for _, noun := range slices.Sorted(maps.Keys(verbs)) {
		commands = append(commands, p.nounCommand(noun, verbs[noun], tools))
	}
	return commands
}

func (p *Program) nounCommand(noun string, verbs []verb, all []*tool.Tool) *cobra.Command {
	cmd := &cobra.Command{Use: noun, Short: nounSummary(verbs), GroupID: groupTools}
	cmd.Hidden = !slices.ContainsFunc(verbs, verb.own) // nothing but other forms of tools
	for _, v := range verbs {
		cmd.AddCommand(p.verbCommand(v))
		if !v.own() {
			continue
		}
		t := v.tool
		cmd.Aliases = append(cmd.Aliases, t.NounAliases...)
		if t.Default {
			cmd.Long, cmd.Example = long(t), Examples(t)
			p.bind(cmd, v, toolNamed(all, t.Plan))
		}
	}
	cmd.AddCommand(helpVerb())
	if len(verbs) > 1 { // another word here is a mistyped verb
		cmd.Args = p.knownVerb(verbs)
	}
	if cmd.RunE == nil {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	return cmd
}

// knownVerb refuses an argument of a noun. If it is a command of the aws CLI, the fix
// names the tools that call its operation.
func (p *Program) knownVerb(verbs []verb) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if same := callers(verbs, args[0]); len(same) > 0 {
			return fault.New(fault.Invalid, "there is no command %q", cmd.CommandPath()+" "+args[0]).
				WithFix("did you mean %s?", strings.Join(same, " or "))
		}
		return p.unknownVerb(cmd, verbs, args[0])
	}
}

// callers returns the commands of the tools whose first action is a command of the aws
// CLI, which writes DescribeInstances as describe-instances.
func callers(verbs []verb, word string) (commands []string) {
	for _, v := range verbs {
		if !v.own() || len(v.tool.Needs) == 0 {
			continue
		}
		_, operation, _ := strings.Cut(v.tool.Needs[0].Action, ":")
		if strings.Contains(word, "-") && strings.EqualFold(operation, strings.ReplaceAll(word, "-", "")) {
			commands = append(commands, "hawser "+v.tool.Noun()+" "+v.tool.Verb())
		}
	}
	return commands
}

// toolNamed returns the tool with a name, or nil.
func toolNamed(tools []*tool.Tool, name string) *tool.Tool {
	for _, t := range tools {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// AtMost refuses more than n arguments. If the command has subcommands, a surplus
// word is reported as a mistyped subcommand.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) <= n:
			return nil
		case cmd.HasSubCommands():
			return unknownCommand(cmd, args...)
		default:
			return fault.New(fault.Invalid, "%s takes at most %d arguments, not %d", cmd.CommandPath(), n, len(args)).
				WithFix("see %s --help", cmd.CommandPath())
		}
	}
}

// nounSummary lists a noun's verbs.
func nounSummary(verbs []verb) string {
	if len(verbs) == 1 && verbs[0].tool.Default {
		return verbs[0].tool.Summary
	}
	var names []string
	for _, v := range verbs {
		if !v.hidden() {
			names = append(names, v.form.Verb)
		}
	}
	return strings.Join(names, ", ")
}

// verbCommand makes the command of a verb.
func (p *Program) verbCommand(v verb) *cobra.Command {
	t := v.tool
	cmd := &cobra.Command{Use: v.form.Verb + usage(t), Short: t.Summary, Long: long(t), Example: Examples(t)}
	if !v.own() {
		cmd.Hidden, cmd.Short, cmd.Example = v.hidden(), v.summary(), ""
		cmd.Long = cmd.Short + ".\n\n" + long(t)
	}
	p.bind(cmd, v, nil)
	return cmd
}

// bind makes cmd call the tool of a verb with the given flags and arguments; with --plan
// it calls plan, if that is not nil.
func (p *Program) bind(cmd *cobra.Command, v verb, plan *tool.Tool) {
	t := v.tool
	flags := addFlags(cmd.Flags(), t, v.form)
	flags.read = func(name string) ([]byte, error) { return userFile(p.App.UserFiles, name) }
	planned := new(bool)
	if plan != nil {
		cmd.Flags().BoolVar(planned, "plan", false, "only say what it would take, as "+plan.Noun()+" "+plan.Verb()+" does")
	}
	cmd.Args = flags.takes()
	p.completeFlags(cmd, t)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		input, err := flags.input(args)
		if err != nil {
			return err
		}
		if *planned {
			return asTyped(p.call(cmd.Context(), plan, input), plan)
		}
		return asTyped(p.call(cmd.Context(), t, input), t)
	}
}

// asTyped returns the name of a wrong field in the form of the command line.
func asTyped(err error, t *tool.Tool) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field == "" || !strings.HasPrefix(f.Message, f.Field+" ") {
		return err
	}
	name, _, _ := strings.Cut(f.Field, "[")
	name, _, _ = strings.Cut(name, ".")
	if !slices.ContainsFunc(t.Fields(), func(field tool.Field) bool { return field.Name == name }) {
		return err
	}
	typed := *f
	flag := "--" + FlagName(name) + strings.TrimPrefix(f.Field, name)
	typed.Message = flag + strings.TrimPrefix(f.Message, f.Field)
	typed.Fix = typedFix(f.Fix, name)
	if f.Fix == "correct "+f.Field && strings.Contains(f.Message, " is required") {
		typed.Fix = "give " + flag
	}
	return &typed
}

// typedFix returns advice that begins with what to do about a field, with the field's
// flag.
func typedFix(fix, field string) string {
	for _, verb := range []string{"correct ", "leave ", "give ", "take it out of "} {
		rest, ok := strings.CutPrefix(fix, verb+field)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], " ,.[")) {
			return verb + "--" + FlagName(field) + rest
		}
	}
	return fix
}

// usage writes the arguments of a tool; those that may be left out are in brackets.
func usage(t *tool.Tool) string {
	var b strings.Builder
	for _, arg := range t.Args {
		form, more := " [%s%s]", ""
		for _, f := range t.Fields() {
			if f.Name == arg && isList(f) {
				more = "..."
			}
			if f.Name == arg && f.Required {
				form = " %s%s"
			}
		}
		fmt.Fprintf(&b, form, strings.ToUpper(arg), more)
	}
	return b.String()
}

func long(t *tool.Tool) string {
	text := t.Summary + "."
	if t.Description != "" {
		text += "\n\n" + t.Description
	}
	text += fmt.Sprintf("\n\nTool %s, effect %s. AWS actions: %s.", t.Name, t.Effect, actions(t))
	return text
}

func actions(t *tool.Tool) string {
	var names []string
	for _, n := range t.Needs {
		if !slices.Contains(names, n.Action) {
			names = append(names, n.Action)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// otherVerb returns the verb of Hawser for one of the aws CLI; "" if there is none.
func otherVerb(word string) string {
	switch word {
	case "ls":
		return "list"
	case "rm":
		return "delete"
	}
	return ""
}

// unknownCommand returns the fault for words that do not begin with a command below cmd.
func unknownCommand(cmd *cobra.Command, words ...string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			known = append(known, c.Name())
		}
	}
	word := words[0]
	err := fault.New(fault.Invalid, "there is no command %q", cmd.CommandPath()+" "+word)
	if instead := elsewhere(words); instead != "" && !cmd.HasParent() {
		return err.WithFix("did you mean %s?", instead)
	}
	if other := otherVerb(word); slices.Contains(known, other) {
		return err.WithFix("did you mean %s %s?", cmd.CommandPath(), other)
	}
	if near := fault.Nearest(word, known); near != "" {
		return err.WithFix("did you mean %s %s?", cmd.CommandPath(), near)
	}
	return err.WithFix("see %s --help", cmd.CommandPath())
}
