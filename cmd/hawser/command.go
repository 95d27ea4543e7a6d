package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/tool"
)

// nounCommands makes the command line of the tools: a command for each noun
// with one for each of its verbs.
func (p *program) nounCommands(tools []*tool.Tool) []*cobra.Command {
	nouns := map[string][]*tool.Tool{}
	for _, t := range tools {
		nouns[t.Noun()] = append(nouns[t.Noun()], t)
	}
	var commands []*cobra.Command
	for _, noun := range slices.Sorted(maps.Keys(nouns)) {
		commands = append(commands, p.nounCommand(noun, nouns[noun], tools))
	}
	return commands
}

func (p *program) nounCommand(noun string, tools, all []*tool.Tool) *cobra.Command {
	cmd := &cobra.Command{Use: noun, Short: nounSummary(tools), GroupID: groupTools}
	for _, t := range tools {
		cmd.AddCommand(p.verbCommand(t))
		cmd.Aliases = append(cmd.Aliases, t.NounAliases...)
		if t.Default {
			cmd.Long, cmd.Example = long(t), examples(t)
			p.bind(cmd, t, toolNamed(all, t.Plan))
		}
		if len(tools) > 1 { // a word here is a mistyped verb
			cmd.Args = atMost(0)
		}
	}
	if cmd.RunE == nil {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	return cmd
}

// toolNamed is the tool of a name, or nil.
func toolNamed(tools []*tool.Tool, name string) *tool.Tool {
	for _, t := range tools {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// atMost refuses more than n arguments. Where commands stand below, a word too
// many is taken for a mistyped one of them.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) <= n:
			return nil
		case cmd.HasSubCommands():
			return unknownCommand(cmd, args[0])
		default:
			return fault.New(fault.Invalid, "%s takes at most %d arguments, not %d", cmd.CommandPath(), n, len(args)).
				WithFix("see %s --help", cmd.CommandPath())
		}
	}
}

// nounSummary says what a noun's verbs are.
func nounSummary(tools []*tool.Tool) string {
	if len(tools) == 1 && tools[0].Default {
		return tools[0].Summary
	}
	var verbs []string
	for _, t := range tools {
		verbs = append(verbs, t.Verb())
	}
	return strings.Join(verbs, ", ")
}

func (p *program) verbCommand(t *tool.Tool) *cobra.Command {
	cmd := &cobra.Command{Use: t.Verb() + usage(t), Short: t.Summary, Long: long(t), Example: examples(t)}
	p.bind(cmd, t, nil)
	return cmd
}

// bind makes cmd call t with the flags and arguments that it is given; with
// --plan it calls plan, where that is not nil.
func (p *program) bind(cmd *cobra.Command, t, plan *tool.Tool) {
	flags := addFlags(cmd.Flags(), t)
	planned := new(bool)
	if plan != nil {
		cmd.Flags().BoolVar(planned, "plan", false, "only say what it would take, as "+plan.Noun()+" "+plan.Verb()+" does")
	}
	cmd.Args = atMost(len(t.Args))
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

// asTyped names a field that is wrong as it is typed on the command line.
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
	flag := "--" + flagName(name) + strings.TrimPrefix(f.Field, name)
	typed.Message = flag + strings.TrimPrefix(f.Message, f.Field)
	if f.Fix == "correct "+f.Field {
		typed.Fix = "correct " + flag
		if strings.Contains(f.Message, " is required") {
			typed.Fix = "give " + flag
		}
	}
	return &typed
}

func usage(t *tool.Tool) string {
	var b strings.Builder
	for _, arg := range t.Args {
		fmt.Fprintf(&b, " [%s]", strings.ToUpper(arg))
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

// examples writes a tool's example inputs as command lines.
func examples(t *tool.Tool) string {
	var lines []string
	for _, e := range t.Examples {
		lines = append(lines, "  # "+e.Does, "  "+commandLine(t, json.RawMessage(e.Input)))
	}
	return strings.Join(lines, "\n")
}

// commandLine writes an input as a person would type it.
func commandLine(t *tool.Tool, input json.RawMessage) string {
	var given map[string]any
	line := "hawser " + t.Noun() + " " + t.Verb()
	if json.Unmarshal(input, &given) != nil {
		return line
	}
	// Behind a noun alone a word is taken for a verb.
	if t.Bare && !slices.ContainsFunc(t.Args, func(arg string) bool { return given[arg] != nil }) {
		line = "hawser " + t.Noun()
	}
	for _, f := range t.Fields() {
		v, ok := given[f.Name]
		if !ok {
			continue
		}
		word := flagWord(f.Type, v)
		switch {
		case slices.Contains(t.Args, f.Name):
			line += " " + word
		case v == true:
			line += " --" + flagName(f.Name)
		case f.Type == reflect.TypeFor[map[string][]string]():
			line += listFlags(flagName(f.Name), v)
		default:
			line += " --" + flagName(f.Name) + " " + word
		}
	}
	return line
}

// listFlags writes a map of lists as one flag for each name.
func listFlags(flag string, v any) string {
	lists, _ := v.(map[string]any)
	var line string
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		var values []string
		for _, value := range lists[name].([]any) {
			values = append(values, fmt.Sprint(value))
		}
		line += " --" + flag + " " + quote(name+"="+strings.Join(values, ","))
	}
	return line
}

// flagWord writes a value as the argument of a flag of the type.
func flagWord(t reflect.Type, v any) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.String:
		return quote(fmt.Sprint(v))
	case t == reflect.TypeFor[[]string]():
		var words []string
		for _, item := range v.([]any) {
			words = append(words, fmt.Sprint(item))
		}
		return quote(strings.Join(words, ","))
	case t == reflect.TypeFor[map[string]string]():
		pairs := v.(map[string]any)
		var words []string
		for _, key := range slices.Sorted(maps.Keys(pairs)) {
			words = append(words, key+"="+fmt.Sprint(pairs[key]))
		}
		return quote(strings.Join(words, ","))
	default:
		return quote(render.JSON(v))
	}
}

// quote puts a word in single quotes where a shell would split or expand it.
func quote(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;#!~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
