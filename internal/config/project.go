package config

import (
	"cmp"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// This file is what a project's configuration can do. A project's file comes
// with the files of other people, so it counts only when the user has trusted
// its content, and even then it adds and narrows and never widens.

// takeProject adds a project's file to the user's configuration if the user
// trusts it. Otherwise it notes why not; the file is then not parsed.
func (c *Config) takeProject(path string) error {
	if err := onlyOne(path); err != nil { // another user's directory must not end every command
		c.untrusted = fault.From(err).Error() + "; neither is used"
		return nil
	}
	text, why := trustedText(path)
	if why != "" {
		c.untrusted = why
		return nil
	}
	project, err := ParseProject(path, text, c)
	if err != nil {
		return err
	}
	c.merge(project)
	return nil
}

// trustedText returns the content of a project's file if that content is what the
// user trusted, else a sentence that says why it is not used. The digest is that
// of the bytes that are given, so that nothing can change between the comparison
// and the use.
func trustedText(path string) (text []byte, why string) {
	const look = "; hawser trust shows what it would set"
	known, err := knownFile(path)
	if err != nil {
		return nil, path + " is not used, since it is unknown whether you trust it: " + fault.From(err).Error()
	}
	if known == nil {
		return nil, path + " is not trusted and not used" + look
	}
	if text, err = ReadProject(path); err != nil {
		return nil, path + " is not used: " + fault.From(err).Error()
	}
	if digestOf(text) != known.SHA256 {
		return nil, path + " has changed since you trusted it, and is not used" + look
	}
	return text, ""
}

// knownFile returns what the record of trust says of a file; nil for nothing.
func knownFile(path string) (*Trusted, error) {
	trusted, err := TrustedPath(path)
	if err != nil {
		return nil, err
	}
	record, err := OpenTrust()
	if err != nil {
		return nil, err
	}
	all, err := record.List()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(t Trusted) bool { return t.Path == trusted }); i >= 0 {
		return &all[i], nil
	}
	return nil, nil
}

// ParseProject reads a project's configuration and checks it, beside the user's
// own. Its guard holds only what the file says.
func ParseProject(path string, text []byte, user *Config) (*Config, error) {
	project := &Config{}
	if err := decodeStrict(path, text, project); err != nil {
		return nil, err
	}
	project.path, project.text, project.user = path, text, user
	project.Guard = project.Guard.From(tool.Origin{File: path})
	if found := slices.Concat(project.problems(), project.projectProblems()); len(found) > 0 {
		return nil, firstProblem(path, text, found)
	}
	project.takePlugins()
	return project, project.anchor()
}

// projectProblems lists what a project's file says and can't say.
func (c *Config) projectProblems() []*fault.Error {
	var out []*fault.Error
	// The keys that a project may set are cleared here. All others are refused, so
	// that a new one is refused until it is added here.
	rest := *c
	rest.Connections, rest.Agents, rest.Plugins = nil, nil, Plugins{}
	rest.DefaultConnection, rest.Guard, rest.Output = "", tool.Guard{}, ""
	for _, key := range setKeys(rest) {
		out = append(out, fault.New(fault.Invalid, "a project's file can't set %s", key).At(key).
			WithFix("set it in your own configuration%s", c.user.named()))
	}
	if limit := c.Guard.Timeout; limit != nil && *limit == 0 {
		out = append(out, fault.New(fault.Invalid, "a project's file can't take the time limit away").At("guard.timeout").
			WithFix("give a limit such as 2m, or leave it out"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Agents)) {
		for _, key := range c.Agents[name].widening() {
			out = append(out, fault.New(fault.Invalid, "an agent of a project's file can't have %s", key).At("agents."+name+"."+key).
				WithFix("write the agent in your own configuration%s", c.user.named()))
		}
		if _, twice := c.user.Agents[name]; twice {
			out = append(out, c.twice("agent", name).At("agents."+name))
		}
	}
	users := c.user.Names()
	for _, name := range c.Names() {
		if !slices.Contains(users, name) {
			continue
		}
		field := "connections." + name
		if _, ok := c.Connections[name]; !ok {
			field = "plugins.aws"
		}
		out = append(out, c.twice("connection", name).At(field))
	}
	return out
}

// twice returns the fault of a name that both configurations have.
func (c *Config) twice(kind, name string) *fault.Error {
	return fault.New(fault.Invalid, "your own configuration%s has the %s %q too", c.user.named(), kind, name).
		WithFix("give it another name in one of the two files")
}

// named returns the file of a configuration, to stand after its mention.
func (c *Config) named() string {
	if c.path == "" {
		return ""
	}
	return " " + c.path
}

// widening returns the settings of a profile that an agent without a profile does
// not have: only the user's own configuration gives them. What a project's
// profile may have is listed and all else refused.
func (a Agent) widening() []string {
	rest := a
	rest.Tools, rest.Deny, rest.ReadOnly = nil, nil, false
	rest.Connections, rest.Accounts = nil, nil
	rest.Confirm, rest.NameStyle, rest.MaxOutput = nil, "", 0
	rest.OnBehalfOf, rest.SourceIdentity, rest.SessionPolicy = "", "", ""
	if caller.Operator.Covers(a.Role) {
		rest.Role = ""
	}
	return setKeys(rest)
}

// setKeys returns the yaml keys of the fields of a struct that are set.
func setKeys(v any) []string {
	var keys []string
	value := reflect.ValueOf(v)
	for _, f := range reflect.VisibleFields(value.Type()) {
		if key := yamlKey(f); key != "" && !value.FieldByIndex(f.Index).IsZero() {
			keys = append(keys, key)
		}
	}
	return keys
}

// merge adds a project's connections and agents, which have names of their own, and its
// output format if the user has none.
func (c *Config) merge(project *Config) {
	c.DefaultConnection = project.defaultBeside(c)
	c.Connections = joined(c.Connections, project.Connections)
	c.Agents = joined(c.Agents, project.Agents)
	c.Output, c.outputOfProject = cmp.Or(c.Output, project.Output), c.Output == ""
	c.project = project
}

func joined[V any](a, b map[string]V) map[string]V {
	all := make(map[string]V, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// defaultBeside returns the connection that calls use which name none: the one
// that the project's file names, else the user's. Where the user has configured
// no connection it is the project's only one.
func (c *Config) defaultBeside(user *Config) string {
	switch {
	case c.DefaultConnection != "":
		return c.DefaultConnection
	case len(user.Connections) > 0:
		return user.Default()
	case len(c.Connections) == 1:
		return c.Names()[0]
	}
	return cmp.Or(user.DefaultConnection, settings.DefaultConnection)
}

// Paths returns the paths at which configurations are looked for, those of the
// record of trust among them, whether they exist or not: tools may neither read
// nor write them.
func Paths(named string, getenv func(string) string) []string {
	if named == "" {
		named = getenv("HAWSER_CONFIG")
	}
	var paths []string
	if named != "" {
		paths = append(paths, named)
	}
	for _, dir := range []string{UserDir(getenv), ProjectDir} {
		for _, name := range fileNames() {
			if dir != "" {
				paths = append(paths, filepath.Join(dir, name))
			}
		}
	}
	if record, err := OpenTrust(); err == nil {
		paths = append(paths, record.paths()...)
	}
	return paths
}
