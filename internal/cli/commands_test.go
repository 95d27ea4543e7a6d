package cli

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/tool"
)

// TestExamplesMeanWhatTheySay reads each example's command line back: flags and
// arguments must give the very input that the example declares.
func TestExamplesMeanWhatTheySay(t *testing.T) {
	for _, tl := range New(Streams{}, nil, "").App.Tools() {
		for _, e := range tl.Examples {
			t.Run(tl.Name+"/"+e.Does, func(t *testing.T) {
				line := commandLine(tl, json.RawMessage(e.Input))
				words := shellWords(line)
				set := pflag.NewFlagSet(tl.Name, pflag.ContinueOnError)
				flags := addFlags(set, tl, tool.Form{})
				if err := set.Parse(words[1:]); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				args := set.Args()[1:]
				if len(args) > 0 && args[0] == tl.Verb() {
					args = args[1:]
				}
				raw, err := flags.input(args)
				if err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				var got, want any
				if err := json.Unmarshal(raw, &got); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal([]byte(e.Input), &want); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s\n-want +got\n%s", line, diff)
				}
			})
		}
	}
}

// shellWords splits a line as a POSIX shell does, as far as quote writes it:
// single quotes, and \' between them.
func shellWords(line string) []string {
	var words []string
	var word []byte
	quoted, open := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			quoted, open = !quoted, true
		case c == '\\' && !quoted:
			i++
			word, open = append(word, line[i]), true
		case c == ' ' && !quoted:
			if open {
				words, word, open = append(words, string(word)), nil, false
			}
		default:
			word, open = append(word, c), true
		}
	}
	if open {
		words = append(words, string(word))
	}
	return words
}

// TestTheCommandLineFollowsTheDeclaration makes commands of tools that the door has
// never heard of.
func TestTheCommandLineFollowsTheDeclaration(t *testing.T) {
	declare := func(info tool.Info) *tool.Tool {
		info.Summary, info.Effect = "Does something", tool.Read
		return tool.New(info, func(context.Context, *tool.Call, struct{}) (struct{}, error) { return struct{}{}, nil })
	}
	run := declare(tool.Info{Name: "queue.drain", Default: true, Bare: true, NounAliases: []string{"backlog"}, Plan: "forecast.show"})
	commands := New(Streams{}, nil, "").nounCommands([]*tool.Tool{run, declare(tool.Info{Name: "queue.plan"}), declare(tool.Info{Name: "forecast.show", Default: true})})
	for _, cmd := range commands {
		switch plan := cmd.Flags().Lookup("plan"); {
		case cmd.Name() == "queue" && (plan == nil || !cmd.HasAlias("backlog") || plan.Usage != "only say what it would take, as forecast show does"):
			t.Errorf("queue: plan %+v, aliases %q", plan, cmd.Aliases)
		case cmd.Name() == "forecast" && plan != nil:
			t.Errorf("forecast has --plan")
		}
	}
	if line := commandLine(run, json.RawMessage(`{}`)); line != "hawser queue" {
		t.Errorf("written as %s", line)
	}
}
