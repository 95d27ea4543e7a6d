package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/tool"
)

// completer says which call lists the values that a field's complete tag
// names, and which member of its items is the value.
type completer struct {
	tool  string
	field string
}

// completers are the live values that flags complete to. Only reads are among
// them, and they pass the same guard as any call.
var completers = map[string]completer{
	"connection":      {"connections.list", "name"},
	"s3.bucket":       {"s3.list", "name"},
	"ec2.instance":    {"ec2.list", "instance_id"},
	"lambda.function": {"lambda.list", "function_name"},
	"rds.arn":         {"rds.list", "arn"},
}

// completionTime bounds a live completion: a shell's user waits for it.
const completionTime = 3 * time.Second

// completeFlags gives t's flags, and its arguments, their completions.
func (p *program) completeFlags(cmd *cobra.Command, t *tool.Tool) {
	byField := map[string]cobra.CompletionFunc{}
	for _, f := range t.Fields() {
		complete := p.completion(f)
		if complete == nil {
			continue
		}
		byField[f.Name] = complete
		_ = cmd.RegisterFlagCompletionFunc(flagName(f.Name), complete)
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) < len(t.Args) {
			if complete, ok := byField[t.Args[len(args)]]; ok {
				return complete(cmd, args, prefix)
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

func (p *program) completion(f tool.Field) cobra.CompletionFunc {
	switch {
	case len(f.Enum) > 0:
		return cobra.FixedCompletions(f.Enum, cobra.ShellCompDirectiveNoFileComp)
	case f.Complete == "region":
		return cobra.FixedCompletions(p.house.regions(), cobra.ShellCompDirectiveNoFileComp)
	case f.Complete == "file":
		return nil // the shell's own
	}
	source, ok := completers[f.Complete]
	if !ok {
		return nil
	}
	return func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return p.live(cmd, source, prefix), cobra.ShellCompDirectiveNoFileComp
	}
}

// live asks the completer's tool. A failure completes nothing: a shell has no
// place for an error.
func (p *program) live(cmd *cobra.Command, c completer, prefix string) []string {
	registry, err := p.open()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	result, err := registry.Call(ctx, tool.Request{Tool: c.tool, Input: targetFlags(cmd), Caller: p.caller()})
	if result == nil || (err != nil && len(result.Failures) == 0) {
		return nil
	}
	var list struct {
		Items []map[string]any `json:"items"`
	}
	if json.Unmarshal(result.JSON, &list) != nil {
		return nil
	}
	var values []string
	for _, item := range list.Items {
		if v, ok := item[c.field].(string); ok && strings.HasPrefix(v, prefix) {
			values = append(values, v)
		}
	}
	return values
}

// targetFlags gives the connection, account and region on the command line as
// an input, so that completion looks where the command will.
func targetFlags(cmd *cobra.Command) json.RawMessage {
	given := map[string]string{}
	for _, name := range []string{"connection", "account", "region"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			given[name] = f.Value.String()
		}
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return nil
	}
	return raw
}
