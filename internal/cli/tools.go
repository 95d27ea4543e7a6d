package cli

import (
	"encoding/json"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// toolRow is a tool in the output of `hawser tools`.
type toolRow struct {
	Name         string             `json:"name" column:"TOOL"`
	Effect       tool.Effect        `json:"effect" column:"EFFECT"`
	Summary      string             `json:"summary" column:"SUMMARY"`
	Description  string             `json:"description,omitempty"`
	Idempotent   bool               `json:"idempotent"`
	LocalFiles   []string           `json:"local_files,omitempty"` // read, write
	Role         caller.Role        `json:"role"`
	TimeLimit    string             `json:"time_limit"`
	Needs        []tool.Need        `json:"needs"`
	Examples     []tool.Example     `json:"examples,omitempty"`
	InputSchema  *jsonschema.Schema `json:"input_schema"`
	OutputSchema *jsonschema.Schema `json:"output_schema"`
}

func rowOf(t *tool.Tool) toolRow {
	return toolRow{
		Name: t.Name, Effect: t.Effect, Summary: t.Summary, Description: t.Description,
		Idempotent: t.Idempotent, LocalFiles: t.LocalFiles().Words(), Role: t.Role, TimeLimit: t.TimeLimit(), Needs: t.Needs, Examples: t.Examples,
		InputSchema: t.Input, OutputSchema: t.Output,
	}
}

func (p *Program) toolsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "tools [TOOL]", Short: "List the tools, or show one, with effect, schemas and AWS actions",
		Example: "  hawser tools\n  hawser tools s3.get -o json\n  hawser tools -o json --query \"items[?effect=='read'].name\"",
		Args:    cobra.MaximumNArgs(1),

		ValidArgsFunction: p.ToolNames,
		RunE: func(_ *cobra.Command, args []string) error {
			registry, err := p.Registry()
			if err != nil {
				return err
			}
			if len(args) == 1 {
				t, err := registry.Tool(args[0])
				if err != nil {
					return err
				}
				return p.Show(rowOf(t))
			}
			list := tool.List[toolRow]{Items: []toolRow{}}
			for _, t := range registry.Tools() {
				list.Items = append(list.Items, rowOf(t))
			}
			return p.Show(list)
		},
	}
}

// Show prints a value that is not the output of a tool.
func (p *Program) Show(v any) error {
	if err := p.configuredFormat(p.quietConfig); err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be written as JSON")
	}
	return p.paged(true, func() error { return p.printer.Result(&tool.Result{Output: v, JSON: raw}) })
}

func (p *Program) callCommand() *cobra.Command {
	var input string
	cmd := &cobra.Command{
		Use: "call TOOL", Short: "Call a tool with its input as JSON",
		Example: "  hawser call s3.list --json '{\"bucket\": \"reports\", \"limit\": 5}'\n  cat input.json | hawser call rds.query --json -",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			registry, err := p.Registry()
			if err != nil {
				return err
			}
			t, err := registry.Tool(args[0])
			if err != nil {
				return err
			}
			raw := []byte(input)
			if input == "-" {
				if raw, err = p.ReadInput(cmd.Context(), input); err != nil {
					return err
				}
				if len(text.TrimJSON(raw)) == 0 {
					return fault.New(fault.Invalid, "standard input is empty").At("json").WithFix("write one JSON object to it, or leave --json out for a call without input")
				}
			}
			return p.call(cmd.Context(), t, raw)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, t := range p.App.Tools() {
				names = append(names, t.Name+"\t"+t.Summary)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&input, "json", "{}", "the input, one JSON object; - reads it from standard input")
	return cmd
}
