package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

type knotInput struct {
	Rope  string `json:"rope,omitempty"`
	Split string `json:"split,omitempty"`
	Tight bool   `json:"tight,omitempty"`
}

func TestForms(t *testing.T) {
	form := tool.Form{
		Verb: "tie", Sets: `{"split": "/", "tight": true}`, If: "rope",
		Flags: []tool.FormFlag{
			{Name: "whole", Short: "w", Sets: `{"split": null}`, Doc: "not split"},
			{Name: "cord", Field: "rope"},
			{Name: "plain", Sets: `{}`, Doc: "as always"},
		},
	}
	tl := tool.New(tool.Info{Name: "knot.make", Summary: "Makes a knot", Effect: tool.Read, Args: []string{"rope"}, Forms: []tool.Form{form}},
		func(_ context.Context, _ *tool.Call, in knotInput) (knotInput, error) { return in, nil })
	for line, want := range map[string]string{
		"":                        `{}`,
		"hemp":                    `{"rope":"hemp","split":"/","tight":true}`,
		"--cord hemp":             `{"rope":"hemp","split":"/","tight":true}`,
		"hemp -w":                 `{"rope":"hemp","split":null,"tight":true}`,
		"hemp --whole=false":      `{"rope":"hemp","split":"/","tight":true}`,
		"hemp --plain":            `{"rope":"hemp","split":"/","tight":true}`,
		"hemp --split :":          `{"rope":"hemp","split":":","tight":true}`,
		"hemp -w --split :":       `{"rope":"hemp","split":":","tight":true}`,
		"hemp --tight=false":      `{"rope":"hemp","split":"/","tight":false}`,
		"--cord hemp --rope jute": `{"rope":"jute","split":"/","tight":true}`,
	} {
		set := pflag.NewFlagSet("tie", pflag.ContinueOnError)
		flags := addFlags(set, tl, form)
		if err := set.Parse(strings.Fields(line)); err != nil {
			t.Fatal(err)
		}
		if got, err := flags.input(set.Args()); err != nil || string(got) != want {
			t.Errorf("%q gives %s, %v; want %s", line, got, err, want)
		}
	}
	set := pflag.NewFlagSet("tie", pflag.ContinueOnError)
	flags := addFlags(set, tl, form)
	if err := set.Parse([]string{"--cord", "hemp", "jute"}); err != nil {
		t.Fatal(err)
	}
	if _, err := flags.input(set.Args()); err == nil {
		t.Error("a field was given twice, by argument and by another name of its flag")
	}
}

// A flag can stand for flags of the command line itself, or for another command.
func TestFormFlagsOfTheCommandLine(t *testing.T) {
	form := tool.Form{Verb: "make", Flags: []tool.FormFlag{
		{Name: "quiet", Global: "output=off progress=false", Doc: "say nothing"},
		{Name: "force", Instead: "hawser knot cut", Doc: "is not one call"},
	}}
	tl := tool.New(tool.Info{Name: "knot.make", Summary: "Makes a knot", Effect: tool.Read, Forms: []tool.Form{form}},
		func(_ context.Context, _ *tool.Call, in knotInput) (knotInput, error) { return in, nil })
	for line, want := range map[string]string{"": "table true", "--quiet": "off false", "--quiet=false": "table true", "--quiet -o json": "json false"} {
		set := pflag.NewFlagSet("make", pflag.ContinueOnError)
		output, progress := set.StringP("output", "o", "table", ""), set.String("progress", "true", "")
		addFlags(set, tl, form)
		if err := set.Parse(strings.Fields(line)); err != nil || *output+" "+*progress != want {
			t.Errorf("%q gives %s %s, %v; want %s", line, *output, *progress, err, want)
		}
	}
	set := pflag.NewFlagSet("make", pflag.ContinueOnError)
	addFlags(set, tl, form)
	var refused *fault.Error
	if err := set.Parse([]string{"--force"}); !errors.As(err, &refused) || !strings.Contains(refused.Fix, "hawser knot cut") {
		t.Errorf("refused by %v", err)
	}
}

type tieInput struct {
	How   string              `json:"how,omitempty"`
	Ropes []string            `json:"ropes,omitempty"`
	Where map[string][]string `json:"where,omitempty"`
}

// TestWordsOfTheAWSCLI has lists with blanks between their values, filters, and flags that
// take a few words.
func TestWordsOfTheAWSCLI(t *testing.T) {
	form := tool.Form{Verb: "tie", Flags: []tool.FormFlag{
		{Name: "mode", Doc: "how", Values: map[string]string{"Tight": `{"how": "tight"}`, "Any": `{}`}},
	}}
	tl := tool.New(tool.Info{Name: "knot.tie", Summary: "Ties", Effect: tool.Read, Args: []string{"ropes"}, Forms: []tool.Form{form}},
		func(_ context.Context, _ *tool.Call, in tieInput) (tieInput, error) { return in, nil })
	for line, want := range map[string]string{
		"hemp jute":                               `{"ropes":["hemp","jute"]}`,
		"--ropes hemp jute":                       `{"ropes":["hemp","jute"]}`,
		"--ropes hemp,jute silk":                  `{"ropes":["hemp","jute","silk"]}`,
		"--mode Tight":                            `{"how":"tight"}`,
		"--mode Any":                              `{}`,
		"--mode Tight --how loose":                `{"how":"loose"}`,
		"--where Name=tag:Name,Values=a,b":        `{"where":{"tag:Name":["a","b"]}}`,
		"--where Name=a,Values=1 --where b=2,3":   `{"where":{"a":["1"],"b":["2","3"]}}`,
		"--where Name=Values --where Values=Name": `{"where":{"Name":["Values"],"Values":["Name"]}}`,
	} {
		set := pflag.NewFlagSet("tie", pflag.ContinueOnError)
		flags := addFlags(set, tl, form)
		if err := set.Parse(strings.Fields(line)); err != nil {
			t.Fatal(err)
		}
		if got, err := flags.input(set.Args()); err != nil || string(got) != want {
			t.Errorf("%q gives %s, %v; want %s", line, got, err, want)
		}
	}
}
