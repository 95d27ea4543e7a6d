package config

import (
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// CheckPatterns checks that each pattern for tools, in the user's configuration and the
// project's, matches one of these names of tools. The error is of kind Invalid and
// names file, line and field.
func (c *Config) CheckPatterns(names []string) error {
	own := maps.Clone(c.Agents)
	if c.project != nil {
		if err := c.project.wrongPattern(c.project.Agents, names); err != nil {
			return err
		}
		maps.DeleteFunc(own, func(name string, _ Agent) bool { _, ok := c.project.Agents[name]; return ok })
	}
	return c.wrongPattern(own, names)
}

// CheckOwnPatterns holds the patterns of this file alone against the tools of these
// names, as CheckPatterns does.
func (c *Config) CheckOwnPatterns(names []string) error { return c.wrongPattern(c.Agents, names) }

// wrongPattern returns the first pattern of one file that matches no tool.
func (c *Config) wrongPattern(agents map[string]Agent, names []string) error {
	var found []*fault.Error
	check := func(field string, patterns []string) {
		if err := tool.CheckPatterns(field, patterns, names); err != nil {
			found = append(found, fault.From(err))
		}
	}
	check("guard.allow", c.Guard.Allow)
	check("guard.deny", c.Guard.Deny)
	for _, name := range slices.Sorted(maps.Keys(agents)) {
		a, path := agents[name], "agents."+name+"."
		check(path+"tools", a.Tools)
		check(path+"deny", a.Deny)
		check(path+"approve", a.Approve)
	}
	if len(found) == 0 {
		return nil
	}
	return firstProblem(c.path, c.text, found)
}
