package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// docsCommand writes the generated documents: a page for each tool, and man
// pages for the whole command line.
func docsCommand(p *cli.Program) *cobra.Command {
	cmd := &cobra.Command{Use: "docs", Short: "Write the reference pages or the man pages", Hidden: true}
	cmd.AddCommand(
		&cobra.Command{
			Use: "tools DIR", Short: "Write a Markdown page for each tool", Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return writePages(args[0], toolPages(p.App.Tools())) },
		},
		&cobra.Command{
			Use: "man DIR", Short: "Write man pages", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := os.MkdirAll(args[0], 0o755); err != nil {
					return fault.Wrap(err, fault.Invalid, "the directory cannot be made").WithCause("%v", err)
				}
				return doc.GenManTree(cmd.Root(), &doc.GenManHeader{Title: "HAWSER", Section: "1", Source: "Hawser"}, args[0])
			},
		},
	)
	return cmd
}

func writePages(dir string, pages map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(err, fault.Invalid, "the directory cannot be made").WithCause("%v", err)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return fault.Wrap(err, fault.Invalid, "the page cannot be written").WithCause("%v", err)
		}
	}
	return nil
}

// toolPages returns the pages of docs/tools by file name.
func toolPages(tools []*tool.Tool) map[string]string {
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString("# Tools\n\nGenerated from the registry by `make docs`; `hawser tools` prints the same.\n\n| tool | effect | what it does |\n|---|---|---|\n")
	sorted := slices.SortedFunc(slices.Values(tools), func(a, b *tool.Tool) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range sorted {
		fmt.Fprintf(&index, "| [%s](%s.md) | %s | %s |\n", t.Name, t.Name, t.Effect, t.Summary)
		pages[t.Name+".md"] = toolPage(t)
	}
	pages["README.md"] = index.String()
	return pages
}

func toolPage(t *tool.Tool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n", t.Name, t.Summary)
	if t.Description != "" {
		fmt.Fprintf(&b, "\n%s\n", t.Description)
	}
	fmt.Fprintf(&b, "\nEffect **%s**, idempotent: %s, role: %s, time limit: %s.\n", t.Effect, yesNo(t.Idempotent), t.Role, t.TimeLimit())
	if use := t.LocalFiles(); use.Any() {
		fmt.Fprintf(&b, "\nIt can **%s**: `%s`.\n", use, strings.Join(t.FileFields(), "`, `"))
	}
	b.WriteString("\n## Input\n\n| field | type | what it is |\n|---|---|---|\n")
	for _, f := range t.Fields() {
		name := "`" + f.Name + "`"
		if f.Required {
			name += " *"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, typeName(t.Input.Properties[f.Name]), cellText(fieldText(f)))
	}
	b.WriteString("\n\\* required." + spelling(t) + "\n")
	b.WriteString("\n## Output\n\n")
	outputRows(&b, t.Output)
	b.WriteString("\n## AWS actions\n\n")
	needRows(&b, t.Needs)
	formRows(&b, t)
	if len(t.Examples) > 0 {
		b.WriteString("\n## Examples\n\n```sh\n" + strings.ReplaceAll(cli.Examples(t), "\n  ", "\n")[2:] + "\n```\n")
	}
	return b.String()
}

func fieldText(f tool.Field) string {
	text := cli.FlagDoc(f)
	if len(f.Xor) > 0 {
		text += "; not with " + strings.Join(f.Xor, ", ")
	}
	switch {
	case slices.Contains(f.Empty, "text") && f.Type.Kind() == reflect.Map:
		text += "; values may be empty"
	case len(f.Empty) > 0 && f.Empty[0] != "blank":
		text += "; may be empty"
	}
	return text
}

// spelling describes how a tool's fields are written as flags.
func spelling(t *tool.Tool) string {
	name := longestName(t)
	switch {
	case name == "":
		return ""
	case strings.Contains(name, "_"):
		return " On the command line `_` becomes `-`: `--" + cli.FlagName(name) + "`."
	}
	return " On the command line a field is a flag: `--" + name + "`."
}

// longestName returns the input field that shows best how a flag is written.
func longestName(t *tool.Tool) string {
	name := ""
	for _, f := range t.Fields() {
		if name == "" || strings.Count(f.Name, "_") > strings.Count(name, "_") {
			name = f.Name
		}
	}
	return name
}

func outputRows(b *strings.Builder, s *jsonschema.Schema) {
	if len(s.Properties) == 0 {
		b.WriteString("An object.\n")
		return
	}
	b.WriteString("| field | type | what it is |\n|---|---|---|\n")
	for _, name := range names(s) {
		field := s.Properties[name]
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, typeName(field), cellText(field.Description))
		if item := field.Items; item != nil && len(item.Properties) > 0 && name == "items" {
			for _, inner := range names(item) {
				fmt.Fprintf(b, "| `items[].%s` | %s | %s |\n", inner, typeName(item.Properties[inner]), cellText(item.Properties[inner].Description))
			}
		}
	}
}

func needRows(b *strings.Builder, needs []tool.Need) {
	if len(needs) == 0 {
		b.WriteString("None.\n")
		return
	}
	b.WriteString("| action | resource | when |\n|---|---|---|\n")
	for _, n := range needs {
		when := cmp.Or(n.When.String(), "always")
		if n.Without != "" {
			when += "; without it " + n.Without
		}
		fmt.Fprintf(b, "| `%s` | `%s` | %s |\n", n.Action, n.Resource, cellText(when))
	}
}

// formRows lists the other commands of a tool, with the flags that they add.
func formRows(b *strings.Builder, t *tool.Tool) {
	if len(t.Forms) == 0 {
		return
	}
	b.WriteString("\n## Other forms of the command\n\n| command | the same as |\n|---|---|\n")
	for _, form := range t.Forms {
		noun, same := cmp.Or(form.Noun, t.Noun()), cli.FormMeaning(t, form)
		if form.Verb != t.Verb() || noun != t.Noun() {
			fmt.Fprintf(b, "| `hawser %s %s` | `%s` |\n", noun, form.Verb, same)
		}
		for _, flag := range form.Flags {
			meaning := flag.Doc
			if flag.Field != "" {
				meaning = "`--" + cli.FlagName(flag.Field) + "`"
			}
			if flag.Instead != "" {
				meaning = "is refused: it " + meaning + "; type `" + flag.Instead + "`"
			}
			fmt.Fprintf(b, "| `hawser %s %s`: `--%s` | %s |\n", noun, form.Verb, flag.Name, cellText(meaning))
		}
	}
}

// names returns an object schema's property names in their declared order.
func names(s *jsonschema.Schema) []string {
	if len(s.PropertyOrder) == len(s.Properties) {
		return s.PropertyOrder
	}
	return slices.Sorted(maps.Keys(s.Properties))
}

func typeName(s *jsonschema.Schema) string {
	switch {
	case s == nil || (s.Type == "" && len(s.Types) == 0):
		return "any"
	case s.Type == "array":
		return "list of " + typeName(s.Items)
	case s.Type == "object" && s.AdditionalProperties != nil && len(s.Properties) == 0:
		return "map"
	case s.Format != "":
		return s.Format
	default:
		return s.Type
	}
}

func cellText(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
