package config

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Agent is a profile in the agents block: what one AI agent may do.
type Agent struct {
	// Tools and Deny are globs of the tools it may call, and may not.
	Tools []string `yaml:"tools,omitempty" example:"[s3.*, ec2.list]"`
	Deny  []string `yaml:"deny,omitempty" example:"[s3.delete]"`
	// ReadOnly refuses everything that does more than read.
	ReadOnly bool `yaml:"read_only,omitempty"`
	// Connections are globs of the connections it may use, Accounts the ids of
	// the accounts that it may reach. Empty is all.
	Connections []string `yaml:"connections,omitempty" example:"[prod-*]"`
	Accounts    []string `yaml:"accounts,omitempty" example:"[\"111122223333\"]"`
	// Confirm lists the effects that a person is asked about in addition to those
	// of guard.confirm; none adds nothing. Approve are globs of tools that a
	// person has approved beforehand; only the user's own configuration can have
	// it.
	Confirm []string `yaml:"confirm,omitempty" example:"[write, destroy]"`
	Approve []string `yaml:"approve,omitempty" example:"[s3.cp]"`
	// NameStyle is dotted or underscored.
	NameStyle string `yaml:"name_style,omitempty" example:"underscored"`
	// MaxOutput caps an answer, in bytes of JSON.
	MaxOutput int `yaml:"max_output,omitempty" example:"65536"`
	// OnBehalfOf is the person on whose behalf the agent works.
	OnBehalfOf string `yaml:"on_behalf_of,omitempty" example:"ada@example.com"`
	// SourceIdentity and SessionPolicy are set on the roles that it assumes.
	SourceIdentity string            `yaml:"source_identity,omitempty" example:"ada"`
	SessionPolicy  settings.Document `yaml:"session_policy,omitempty" example:"{Version: \"2012-10-17\", Statement: []}"`
	// Files lets its calls use local files: those in files.root, or in the
	// directory that --files names.
	Files bool `yaml:"files,omitempty"`
	// ShowSecrets allows its calls to get secrets that they ask for by name.
	ShowSecrets bool `yaml:"show_secrets,omitempty"`
	// Role is what it may do in Hawser itself; default operator.
	Role caller.Role `yaml:"role,omitempty" example:"viewer"`
	// Audit says whose calls it sees in the audit log: own, the default, or all.
	Audit string `yaml:"audit,omitempty" example:"own"`

	name   string      // in the configuration
	origin tool.Origin // of the profile's guard
}

// NameStyles returns the ways in which an agent's tools can be named.
func NameStyles() []string { return []string{"dotted", "underscored"} }

// Name returns the profile's name in the configuration; empty if it is none.
func (a Agent) Name() string { return a.name }

// noConfirmation is the word for asking about nothing.
const noConfirmation = "none"

// Problems lists what is wrong with the profile; Field is a path within it.
func (a Agent) Problems() []*fault.Error {
	var out []*fault.Error
	guard, err := a.Guard()
	if err != nil {
		out = append(out, fault.From(err))
	}
	if err := guard.Check(); err != nil {
		f := fault.From(err)
		if f.Field == "" {
			f = f.At("tools")
		}
		out = append(out, f)
	}
	for _, id := range a.Accounts {
		if !arn.IsAccount(id) {
			out = append(out, fault.New(fault.Invalid, "%q is not an account", id).At("accounts").WithFix("write its twelve digits, in quotes"))
		}
	}
	for _, pattern := range a.Connections {
		if _, err := path.Match(pattern, ""); err != nil {
			out = append(out, fault.New(fault.Invalid, "%q is not a pattern", pattern).At("connections").WithFix(`write it like "prod-*"`))
		}
	}
	if id := a.SourceIdentity; id != "" && !sourceIdentity.MatchString(id) {
		out = append(out, fault.New(fault.Invalid, "%q is not a source identity", id).At("source_identity").
			WithFix("use 2 to 64 letters, digits and _+=,.@-"))
	}
	if !slices.Contains([]caller.Role{"", caller.Viewer, caller.Operator, caller.Admin}, a.Role) {
		out = append(out, fault.New(fault.Invalid, "%q is not a role", a.Role).At("role").WithFix("use viewer, operator or admin"))
	}
	if !slices.Contains([]string{"", "own", "all"}, a.Audit) {
		out = append(out, fault.New(fault.Invalid, "%q does not say whose calls are seen", a.Audit).At("audit").WithFix("use own or all"))
	}
	if !slices.Contains(append(NameStyles(), ""), a.NameStyle) {
		out = append(out, fault.New(fault.Invalid, "%q is not a style of names", a.NameStyle).At("name_style").WithFix("use dotted or underscored"))
	}
	return out
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var sourceIdentity = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// Guard returns the guard of the profile.
func (a Agent) Guard() (tool.Guard, error) {
	confirm, err := a.confirms()
	g := tool.Guard{ReadOnly: a.ReadOnly, Allow: a.Tools, Deny: a.Deny, Confirm: confirm, MaxOutput: a.MaxOutput}
	return g.From(a.origin), err
}

// confirms returns the effects that a person is asked about besides those of the
// guard.
func (a Agent) confirms() ([]tool.Effect, error) {
	var effects []tool.Effect
	for _, word := range a.Confirm {
		e := tool.Effect(word)
		switch {
		case word == noConfirmation && len(a.Confirm) == 1:
		case e.Valid():
			effects = append(effects, e)
		default:
			return nil, fault.New(fault.Invalid, "%q is not an effect to confirm", word).At("confirm").
				WithFix("list write and destroy, or say none alone")
		}
	}
	return effects, nil
}

// Within returns the profile made stricter by flags, which have an origin;
// without a profile, the flags are the profile. Only the profile says which
// connections and accounts are allowed.
func (a Agent) Within(f Agent, origin tool.Origin) (Agent, error) {
	if a.name == "" {
		f.origin = origin
		return f, nil
	}
	for flag, given := range map[string][]string{"connections": f.Connections, "accounts": f.Accounts} {
		if len(given) > 0 {
			return a, fault.New(fault.Invalid, "--%s and --agent can't be used together", flag).At(flag).
				WithFix("set %s in the profile %s in hawser.yaml", flag, a.name)
		}
	}
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

// Profile returns the configured profile with a name. The empty profile allows
// what the guard allows.
func (c *Config) Profile(name string) (Agent, error) {
	if name == "" {
		return Agent{}, nil
	}
	a, ok := c.Agents[name]
	if !ok {
		names := slices.Sorted(maps.Keys(c.Agents))
		e := fault.New(fault.NotFound, "there is no agent profile %q", name).WithFix("write one under agents in hawser.yaml")
		if len(names) > 0 {
			e = e.WithFix("write one under agents in hawser.yaml, or name one of: %s", strings.Join(names, ", "))
		}
		if near := fault.Nearest(name, names); near != "" {
			e = e.WithCause("did you mean %q?", near)
		}
		return a, e
	}
	a.name, a.origin = name, c.originOf(name)
	return a, nil
}

// originOf is where the profile of a name stands: in the project's file or in
// the user's.
func (c *Config) originOf(name string) tool.Origin {
	o := tool.Origin{File: c.path, Names: map[string]string{}}
	if c.project != nil {
		if _, ok := c.project.Agents[name]; ok {
			o.File = c.project.path
		}
	}
	for key, called := range map[string]string{"allow": "tools", "deny": "deny", "read_only": "read_only", "max_output": "max_output"} {
		o.Names[key] = "agents." + name + "." + called
	}
	return o
}

// NoFiles returns the fault of giving files to an agent whose profile allows
// none.
func (a Agent) NoFiles() error {
	return fault.New(fault.Refused, "the profile %s allows no files", a.name).At("files").
		WithFix("set files: true in it")
}

// MayName reports whether the profile's patterns match a connection.
func (a Agent) MayName(connection string) bool {
	return slices.ContainsFunc(a.Connections, func(pattern string) bool {
		ok, err := path.Match(pattern, connection)
		return err == nil && ok
	})
}

// Everywhere refuses the profile of a project's file for an agent that may be
// started from any directory. The file applies only in its own directory, and
// naming it with --config would trust all its later contents.
func (c *Config) Everywhere(profile string) error {
	if c.project == nil {
		return nil
	}
	if _, ok := c.project.Agents[profile]; !ok {
		return nil
	}
	return fault.New(fault.Invalid, "the profile %q is in the project's file %s, which counts only in its directory", profile, c.project.path).
		At("profile").WithFix("write the profile in your own configuration%s", c.named())
}
