package setup

import (
	"context"
	"strings"

	"github.com/hawser/hawser/internal/setup"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// reason says what an action is for.
type reason struct {
	Action    string   `json:"action"`
	By        []string `json:"by" jsonschema:"the tools and parts of a sync that call it"`
	When      []string `json:"when,omitempty" jsonschema:"which calls need it, one text for each condition; absent if all do"`
	Without   string   `json:"without,omitempty" jsonschema:"what is done where it is denied; absent if calls fail"`
	Resources []string `json:"resources,omitempty" jsonschema:"the types of resources to which a policy can narrow it; absent if it is allowed on * only"`
}

type reasons struct {
	Items []reason `json:"items"`
}

// reasonRow is a reason as a person reads it.
type reasonRow struct {
	Action string `column:"ACTION"`
	On     string `column:"ON"`
	By     string `column:"CALLED BY" room:"first"`
	When   string `column:"WHEN" room:"wrap"`
}

// Rows returns the table.
func (r reasons) Rows() any {
	rows := make([]reasonRow, len(r.Items))
	for i, each := range r.Items {
		rows[i] = reasonRow{Action: each.Action, On: "* only", By: strings.Join(each.By, ", "), When: strings.Join(each.When, "; or ")}
		if len(each.Resources) > 0 {
			rows[i].On = strings.Join(each.Resources, ", ")
		}
		if each.Without != "" {
			rows[i].When = strings.TrimPrefix(rows[i].When+"; without it "+each.Without, "; ")
		}
	}
	return rows
}

func (b *box) explainTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "setup.explain", Items: "actions",
		Summary:     "Say why each action is in a policy of setup.policy",
		Description: "For each action: the tools and parts of a sync that call it, when, and the types of resources to which a policy can narrow it.",
		Effect:      tool.Read, Idempotent: true,
		Examples: []tool.Example{
			{Does: "the actions of two nouns", Input: `{"for": ["s3", "lambda"]}`},
			{Does: "what a sync calls, also where calls are denied", Input: `{"for": ["sync"], "with_fallbacks": true}`},
		},
	}, b.explain)
}

func (b *box) explain(_ context.Context, _ *tool.Call, in choice) (reasons, error) {
	uses, err := b.uses(in)
	if err != nil {
		return reasons{}, err
	}
	out := reasons{Items: []reason{}}
	for _, r := range setup.Explain(uses) {
		out.Items = append(out.Items, reason(r))
	}
	return out, nil
}
