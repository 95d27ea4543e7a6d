package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/tool"
)

// completionTime limits a live completion: a shell's user waits for it.
const completionTime = 3 * time.Second

// completeFlags sets the completions of t's flags and arguments.
func (p *Program) completeFlags(cmd *cobra.Command, t *tool.Tool) {
	byField := map[string]cobra.CompletionFunc{}
	for _, f := range t.Fields() {
		complete := p.completion(f)
		if complete == nil {
			continue
		}
		byField[f.Name] = complete
		_ = cmd.RegisterFlagCompletionFunc(FlagName(f.Name), complete)
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

func (p *Program) completion(f tool.Field) cobra.CompletionFunc {
	switch {
	case len(f.Enum) > 0:
		return cobra.FixedCompletions(f.Enum, cobra.ShellCompDirectiveNoFileComp)
	case f.Complete == "region":
		return cobra.FixedCompletions(p.App.Regions(), cobra.ShellCompDirectiveNoFileComp)
	case f.Complete == "tool":
		return p.ToolNames
	case f.Complete == "file":
		return nil // the shell completes file names
	}
	if lister, _ := tool.Lister(p.App.Tools(), f.Complete); lister == nil {
		return nil
	}
	return func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return p.live(cmd, f.Complete, prefix), cobra.ShellCompDirectiveNoFileComp
	}
}

// ToolNames completes the names of all tools.
func (p *Program) ToolNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return p.App.ToolNames(), cobra.ShellCompDirectiveNoFileComp
}

// TokenNames completes the names of the existing tokens.
func (p *Program) TokenNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	tokens, err := p.App.Tokens()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, err := tokens.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, t := range all {
		names = append(names, t.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// AgentNames completes the names of the agents' profiles.
func (p *Program) AgentNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := p.App.Config()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.Sorted(maps.Keys(c.Agents)), cobra.ShellCompDirectiveNoFileComp
}

// live asks AWS for values. A failure offers no values, because a shell cannot
// show an error.
func (p *Program) live(cmd *cobra.Command, complete, prefix string) []string {
	registry, err := p.Registry()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	all, err := registry.Live(ctx, complete, targetFlags(cmd), p.caller())
	if err != nil {
		return nil
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(v string) bool { return !strings.HasPrefix(v, prefix) })
}

// targetFlags returns the target that the command line names, so that completion
// asks where the command will run.
func targetFlags(cmd *cobra.Command) tool.Target {
	given := func(name string) string {
		if f := cmd.Flags().Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	return tool.Target{Connection: given("connection"), Account: given("account"), Region: given("region")}
}
