package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/text"
)

// problems lists what is wrong with the values; Field is a path from the top.
func (c *Config) problems() []*fault.Error {
	out := slices.Concat(oddNames("connections", c.Connections), oddNames("agents", c.Agents))
	for _, name := range slices.Sorted(maps.Keys(c.Connections)) {
		connection := c.Connections[name]
		for _, e := range connection.Problems() {
			out = append(out, e.At("connections."+name+"."+e.Field))
		}
		if via := connection.Via; via != "" && !slices.Contains(c.reachable(), via) {
			out = append(out, unknownName(via, c.reachable()).At("connections."+name+".via"))
		} else if c.circular(name) {
			out = append(out, fault.New(fault.Invalid, "connection %q would read its keys through itself", name).
				At("connections."+name+".via").WithFix("name a connection that has credentials of its own"))
		}
	}
	if d := c.DefaultConnection; d != "" && !slices.Contains(c.Names(), d) {
		out = append(out, unknownName(d, c.Names()).At("default_connection"))
	}
	if c.Output != "" {
		if err := render.CheckFormat(c.Output, "output: json"); err != nil {
			out = append(out, fault.From(err))
		}
	}
	if c.Time != "" {
		if err := render.CheckZone(c.Time, "time: local"); err != nil {
			out = append(out, fault.From(err))
		}
	}
	out = append(out, c.pluginProblems()...)
	for _, name := range slices.Sorted(maps.Keys(c.Agents)) {
		for _, e := range c.Agents[name].Problems() {
			out = append(out, e.At("agents."+name+"."+e.Field))
		}
	}
	reachable := c.reachable()
	if len(reachable) == 0 { // then only the default connection exists, without settings
		reachable = []string{settings.DefaultConnection}
	}
	if _, err := c.RetentionTime(); err != nil {
		out = append(out, fault.From(err).At("retention"))
	}
	for _, e := range c.Audit.problems(reachable) {
		out = append(out, e.At("audit."+e.Field))
	}
	if identity, one, other, ok := c.People.Shared(); ok {
		out = append(out, fault.New(fault.Invalid, "%q is given to two people, %q and %q", identity, one, other).At("people."+other).
			WithCause("case does not count in people").WithFix("give it to one of them"))
	}
	if err := c.Guard.Check(); err != nil {
		e := fault.From(err)
		out = append(out, e.At(strings.TrimSuffix("guard."+e.Field, ".")))
	}
	return out
}

// oddNames returns the names of a block that nobody could read as they are.
func oddNames[V any](block string, named map[string]V) []*fault.Error {
	var out []*fault.Error
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if text.Visible(name) != name {
			out = append(out, fault.New(fault.Invalid, "%q is not a name", name).At(block).
				WithFix("use printable characters, and blanks only between them"))
		}
	}
	return out
}

// circular reports whether following via from a connection comes back to one that
// was passed.
func (c *Config) circular(name string) bool {
	passed := make(map[string]bool)
	for ; name != ""; name = c.Connections[name].Via {
		if passed[name] {
			return true
		}
		passed[name] = true
	}
	return false
}

func unknownName(name string, names []string) *fault.Error {
	e := fault.New(fault.Invalid, "there is no connection %q", name)
	if len(names) == 0 {
		return e.WithFix("write it under connections in this file, or leave it out")
	}
	e = e.WithFix("name one of: %s", strings.Join(names, ", "))
	if near := fault.Nearest(name, names); near != "" {
		e = e.WithCause("did you mean %q?", near)
	}
	return e
}

func (c *Config) pluginProblems() []*fault.Error {
	p := c.Plugins.AWS
	if p == nil {
		return nil
	}
	var out []*fault.Error
	if _, twice := c.Connections[settings.DefaultConnection]; twice {
		out = append(out, fault.New(fault.Invalid, "plugins.aws and connections.%s name the same connection", settings.DefaultConnection).
			At("plugins.aws").WithFix("remove one of them"))
	}
	words := map[string]string{"access_key_id": "accessKeyId", "secret_access_key": "secretAccessKey"}
	for _, e := range p.connection().Problems() {
		if own, ok := words[e.Field]; ok {
			e.Field = own
		}
		out = append(out, e.At("plugins.aws."+e.Field))
	}
	return out
}

// RetentionTime is how long snapshots are kept; 0 means for ever.
func (c *Config) RetentionTime() (time.Duration, error) { return parseAge(c.Retention) }
