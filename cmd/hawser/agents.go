package main

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// AgentConfig is a profile in the agents block: what one AI agent may do.
type AgentConfig struct {
	// Tools and Deny are globs of the tools it may call, and may not.
	Tools []string `yaml:"tools,omitempty"`
	Deny  []string `yaml:"deny,omitempty"`
	// ReadOnly refuses everything that does more than read.
	ReadOnly bool `yaml:"read_only,omitempty"`
	// Connections are globs of the connections it may use, Accounts the ids of
	// the accounts that it may reach. Empty is all.
	Connections []string `yaml:"connections,omitempty"`
	Accounts    []string `yaml:"accounts,omitempty"`
	// Confirm lists the effects that a person is asked about besides those of
	// guard.confirm, or says none, which adds nothing. Approve are globs of
	// tools that a person said yes to beforehand; only the user's own
	// configuration can have it.
	Confirm []string `yaml:"confirm,omitempty"`
	Approve []string `yaml:"approve,omitempty"`
	// NameStyle is dotted or underscored.
	NameStyle mcpserver.NameStyle `yaml:"name_style,omitempty"`
	// MaxOutput caps an answer, in bytes of JSON.
	MaxOutput int `yaml:"max_output,omitempty"`
	// OnBehalfOf is for whom the agent works.
	OnBehalfOf string `yaml:"on_behalf_of,omitempty"`
	// SourceIdentity and SessionPolicy are set on the roles that it assumes.
	SourceIdentity string            `yaml:"source_identity,omitempty"`
	SessionPolicy  settings.Document `yaml:"session_policy,omitempty"`
	// Files lets its calls use local files: those in files.root, or in the
	// directory that --files names.
	Files bool `yaml:"files,omitempty"`
	// ShowSecrets lets its calls have the secrets that they ask for by name.
	ShowSecrets bool `yaml:"show_secrets,omitempty"`
	// Role is what it may do in Hawser itself; default operator.
	Role caller.Role `yaml:"role,omitempty"`
	// Audit says whose calls it sees in the audit log: own, the default, or all.
	Audit string `yaml:"audit,omitempty"`

	name    string
	origin  tool.Origin   // of the profile's guard
	denied  []string      // what --deny takes away besides
	granted *files.Access // the local files of its calls; nil is none
	reach   agentReach    // what its calls use
	token   string        // the id of the token that its calls bear; empty is none
}

// defaultAgentOutput caps the answers to an agent where nothing else does, in
// bytes: about what a model takes in at once.
const defaultAgentOutput = 64 << 10

// noConfirmation is the word for asking about nothing.
const noConfirmation = "none"

// problems lists what is wrong with the profile; Field is a path within it.
func (a AgentConfig) problems() []*fault.Error {
	var out []*fault.Error
	guard, err := a.guard()
	if err != nil {
		out = append(out, fault.From(err))
	}
	if err := guard.Check(); err != nil {
		f := fault.From(err)
		if f.Field == "" {
			f.Field = "tools"
		}
		out = append(out, f)
	}
	for field, limit := range map[string][]string{"tools": a.Tools, "connections": a.Connections, "accounts": a.Accounts} {
		if limit != nil && len(limit) == 0 {
			out = append(out, emptyLimit(field))
		}
	}
	for _, id := range a.Accounts {
		if !arn.IsAccount(id) {
			out = append(out, fault.New(fault.Invalid, "%q is not an account", id).At("accounts").WithFix("write its twelve digits, in quotes"))
		}
	}
	for _, pattern := range a.Connections {
		if _, err := path.Match(pattern, ""); err != nil {
			out = append(out, fault.New(fault.Invalid, "%q is no pattern", pattern).At("connections").WithFix(`write it like "prod-*"`))
		}
	}
	if id := a.SourceIdentity; id != "" && !sourceIdentity.MatchString(id) {
		out = append(out, fault.New(fault.Invalid, "%q is no source identity", id).At("source_identity").
			WithFix("use 2 to 64 letters, digits and _+=,.@-"))
	}
	if !slices.Contains([]caller.Role{"", caller.Viewer, caller.Operator, caller.Admin}, a.Role) {
		out = append(out, fault.New(fault.Invalid, "%q is no role", a.Role).At("role").WithFix("use viewer, operator or admin"))
	}
	if !slices.Contains([]string{"", "own", "all"}, a.Audit) {
		out = append(out, fault.New(fault.Invalid, "%q says not whose calls are seen", a.Audit).At("audit").WithFix("use own or all"))
	}
	if !slices.Contains([]mcpserver.NameStyle{"", mcpserver.Dotted, mcpserver.Underscored}, a.NameStyle) {
		out = append(out, fault.New(fault.Invalid, "%q is no style of names", a.NameStyle).At("name_style").WithFix("use dotted or underscored"))
	}
	return out
}

// emptyLimit is the fault of a list that was to limit something and is empty:
// one that is left out limits nothing, and whoever writes [] may mean the
// opposite.
func emptyLimit(field string) *fault.Error {
	return fault.New(fault.Invalid, "an empty list limits nothing").At(field).
		WithFix("list what is allowed, or leave %s out to allow all", field[strings.LastIndex(field, ".")+1:])
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var sourceIdentity = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// guard is what the profile narrows.
func (a AgentConfig) guard() (tool.Guard, error) {
	confirm, err := a.confirms()
	g := tool.Guard{ReadOnly: a.ReadOnly, Allow: a.Tools, Deny: a.Deny, Confirm: confirm, MaxOutput: a.MaxOutput}
	return g.From(a.origin), err
}

// confirms are the effects that a person is asked about besides those of the
// guard.
func (a AgentConfig) confirms() ([]tool.Effect, error) {
	var effects []tool.Effect
	for _, word := range a.Confirm {
		e := tool.Effect(word)
		switch {
		case word == noConfirmation && len(a.Confirm) == 1:
		case e.Valid():
			effects = append(effects, e)
		default:
			return nil, fault.New(fault.Invalid, "%q is no effect to confirm", word).At("confirm").
				WithFix("list write and destroy, or say none alone")
		}
	}
	return effects, nil
}

// within is the profile made stricter by flags; without a profile the flags are
// one. Where it may go, a profile alone says.
func (a AgentConfig) within(f AgentConfig) (AgentConfig, error) {
	if a.name == "" {
		f.origin = flagsOrigin()
		return f, nil
	}
	for flag, given := range map[string][]string{"connections": f.Connections, "accounts": f.Accounts} {
		if len(given) > 0 {
			return a, fault.New(fault.Invalid, "--%s and --profile exclude each other", flag).At(flag).
				WithFix("set %s in the profile %s in hawser.yaml", flag, a.name)
		}
	}
	a.denied = f.Deny
	a.Confirm = addConfirm(a.Confirm, f.Confirm)
	a.ReadOnly = a.ReadOnly || f.ReadOnly
	a.NameStyle = cmp.Or(f.NameStyle, a.NameStyle)
	a.OnBehalfOf = cmp.Or(a.OnBehalfOf, f.OnBehalfOf)
	return a, nil
}

// addConfirm joins two lists of effects to ask about; none adds nothing.
func addConfirm(a, b []string) []string {
	return slices.DeleteFunc(slices.Concat(a, b), func(word string) bool { return word == noConfirmation })
}

// profile is the configured profile of a name; the empty one lets through what
// the guard does.
func (c *Config) profile(name string) (AgentConfig, error) {
	if name == "" {
		return AgentConfig{}, nil
	}
	a, ok := c.Agents[name]
	if !ok {
		names := slices.Sorted(maps.Keys(c.Agents))
		e := fault.New(fault.NotFound, "there is no agent profile %q", name).WithFix("write one under agents in hawser.yaml")
		if len(names) > 0 {
			e.WithFix("write one under agents in hawser.yaml, or name one of: %s", strings.Join(names, ", "))
		}
		if near := fault.Nearest(name, names); near != "" {
			e.WithCause("did you mean %q?", near)
		}
		return a, e
	}
	a.name, a.origin = name, c.originOf(name)
	return a, nil
}

// originOf is where the profile of a name stands: in the project's file or in
// the user's.
func (c *Config) originOf(name string) tool.Origin {
	o := tool.Origin{Place: c.path, Names: map[string]string{}}
	if c.project != nil {
		if _, ok := c.project.Agents[name]; ok {
			o.Place = c.project.path
		}
	}
	for key, called := range map[string]string{"allow": "tools", "deny": "deny", "read_only": "read_only", "max_output": "max_output"} {
		o.Names[key] = "agents." + name + "." + called
	}
	return o
}

// agentRegistry is the registry that an agent gets: its own connections, under
// its profile's guard as well as the configured one, and of its tools only some.
func (h *house) agentRegistry(a AgentConfig, only []string) (*tool.Registry, error) {
	config, err := h.config()
	if err != nil {
		return nil, err
	}
	pool, err := config.agentPool(a)
	if err != nil {
		return nil, err
	}
	guard, err := a.guard()
	if err != nil {
		return nil, err
	}
	outer := config.Guard
	if outer.MaxOutput == 0 && a.MaxOutput == 0 && h.flags.maxOutput == 0 {
		outer.MaxOutput = defaultAgentOutput
	}
	tools := toolbox.Tools(toolbox.Sources{
		Pool: func() (*awsapi.Pool, error) { return pool, nil }, Audit: logReader(h.log), Store: h.store, People: h.people,
	})
	registry, err := h.registryOf(tools, outer, func() (*awsapi.Pool, error) { return pool, nil })
	if err != nil {
		return nil, err
	}
	if registry, err = registry.Through(kit.Within(pool)).Under(guard); err != nil {
		return nil, err
	}
	return registry.Under(tool.Guard{Allow: only, Deny: a.denied}.From(flagsOrigin()))
}

// sessionName is how an agent's sessions show in CloudTrail: which agent, and
// for whom. It is as AWS takes it.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func sessionName(agent, person string) string {
	if agent == "" {
		return ""
	}
	name := "hawser-" + agent
	if person != "" {
		name += "+" + person
	}
	name = notInSessionNames.ReplaceAllString(name, "-")
	return name[:min(len(name), 64)]
}

var notInSessionNames = regexp.MustCompile(`[^\w+=,.@-]`)
