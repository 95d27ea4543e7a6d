package main

import (
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// checkPatterns holds the patterns for tools in the user's configuration and
// the project's against the tools of these names. The error is of kind Invalid
// and names file, line and field.
func (c *Config) checkPatterns(names []string) error {
	own := maps.Clone(c.Agents)
	if c.project != nil {
		if err := c.project.wrongPattern(c.project.Agents, names); err != nil {
			return err
		}
		maps.DeleteFunc(own, func(name string, _ AgentConfig) bool { _, ok := c.project.Agents[name]; return ok })
	}
	return c.wrongPattern(own, names)
}

// wrongPattern is the first pattern of one file that fits no tool.
func (c *Config) wrongPattern(agents map[string]AgentConfig, names []string) error {
	var found []*fault.Error
	check := func(field string, patterns []string) {
		if err := tool.CheckPatterns(field, patterns, names); err != nil {
			found = append(found, fault.From(err))
		}
	}
	check("guard.allow", c.Guard.Allow)
	check("guard.deny", c.Guard.Deny)
	for _, name := range slices.Sorted(maps.Keys(agents)) {
		a, place := agents[name], "agents."+name+"."
		check(place+"tools", a.Tools)
		check(place+"deny", a.Deny)
		check(place+"approve", a.Approve)
	}
	if len(found) == 0 {
		return nil
	}
	return firstProblem(c.path, c.text, found)
}
