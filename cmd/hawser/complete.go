package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/tool"
)

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
	case f.Complete == "tool":
		return p.toolNames
	case f.Complete == "file":
		return nil // the shell's own
	}
	if lister, _ := tool.Lister(p.house.tools, f.Complete); lister == nil {
		return nil
	}
	return func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return p.live(cmd, f.Complete, prefix), cobra.ShellCompDirectiveNoFileComp
	}
}

// toolNames completes to the names of all tools.
func (p *program) toolNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return namesOf(p.house.tools), cobra.ShellCompDirectiveNoFileComp
}

// tokenNames completes to the names of the tokens that there are.
func (p *program) tokenNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	tokens, err := p.house.tokens()
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

// live asks AWS for what there is. A failure completes nothing: a shell has no
// place for an error.
func (p *program) live(cmd *cobra.Command, complete, prefix string) []string {
	registry, err := p.open()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	all, err := registry.Live(ctx, complete, targetFlags(cmd), p.caller())
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(v string) bool { return !strings.HasPrefix(v, prefix) })
}

// targetFlags is where the command line points, so that completion looks where
// the command will.
func targetFlags(cmd *cobra.Command) tool.Target {
	given := func(name string) string {
		if f := cmd.Flags().Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	return tool.Target{Connection: given("connection"), Account: given("account"), Region: given("region")}
}
