package config

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
)

// Config is hawser.yaml.
type Config struct {
	// Connections are the ways to AWS, by name.
	Connections map[string]settings.Connection `yaml:"connections,omitempty" example:"{prod: {profile: prod, region: eu-central-1}}"`
	// DefaultConnection is the one used where none is named.
	DefaultConnection string `yaml:"default_connection,omitempty" example:"prod"`
	// Guard is what calls may do.
	Guard tool.Guard `yaml:"guard,omitempty" example:"{read_only: true}"`
	// Agents are the profiles of AI agents, by name.
	Agents map[string]Agent `yaml:"agents,omitempty" example:"{assistant: {read_only: true}}"`
	// Audit says where the record of all calls is kept.
	Audit Audit `yaml:"audit,omitempty" example:"{max_size: 256MiB}"`
	// Store is where snapshots are kept: an SQLite file's path, or the URL of a
	// Postgres database.
	Store string `yaml:"store,omitempty" example:"/var/lib/hawser/hawser.db"`
	// Retention is how long snapshots are kept, such as 400d; empty means for ever.
	Retention string `yaml:"retention,omitempty" example:"400d"`
	// People gives identities to people where email and user name do not: the
	// person's email or name to the identities' ARNs or names.
	People correlate.Mapping `yaml:"people,omitempty" example:"{ada@example.com: [ada]}"`
	// Files bounds which local files tools may read and write.
	Files Files `yaml:"files,omitempty" example:"{root: /srv/data}"`
	// Output is the format of answers on the command line where none is named.
	Output string `yaml:"output,omitempty" example:"json"`
	// Time is the zone of times in tables, utc or local.
	Time string `yaml:"time,omitempty" example:"local"`
	// Plugins is another program's block, taken as it is.
	Plugins Plugins `yaml:"plugins,omitempty" example:"{aws: {region: eu-central-1}}"`

	// path is the file that was read, and text what it held; "" when there was
	// none.
	path string
	text []byte
	// usualConfirm is set if the file says nothing of guard.confirm.
	usualConfirm bool
	// outputOfProject is set if the output format is that of the project's file.
	outputOfProject bool
	// user is the user's own configuration, in a project's.
	user *Config
	// project is the project's configuration whose connections and agents were
	// added; nil if there is none that is trusted.
	project *Config
	// untrusted says why the project's file is not used; "" where there is none
	// or it is used.
	untrusted string
}

// Files is the files block.
type Files struct {
	Root string `yaml:"root,omitempty" example:"/srv/data"`
}

// Plugins is {"plugins": {"aws": {...}}}, which stands for one connection
// named default.
type Plugins struct {
	AWS *PluginAWS `yaml:"aws,omitempty" example:"{region: eu-central-1}"`
}

// PluginAWS is the aws block of plugins.
type PluginAWS struct {
	AccessKeyID     settings.Secret `yaml:"accessKeyId,omitempty" example:"env:AWS_ACCESS_KEY_ID"`
	SecretAccessKey settings.Secret `yaml:"secretAccessKey,omitempty" example:"env:AWS_SECRET_ACCESS_KEY"`
	Region          string          `yaml:"region,omitempty" example:"eu-central-1"`
	Profile         string          `yaml:"profile,omitempty" example:"prod"`
}

// connection returns the block as a connection. Keys take precedence over the
// profile, which that block always has too.
func (p PluginAWS) connection() settings.Connection {
	s := settings.Connection{AccessKeyID: p.AccessKeyID, SecretAccessKey: p.SecretAccessKey, Region: p.Region, Profile: p.Profile}
	if !s.AccessKeyID.IsZero() {
		s.Profile = ""
	}
	return s
}

// Load reads only the file at path, or else the one at $HAWSER_CONFIG. If neither
// is set, it reads the user's own configuration, and the project's configuration
// in the working directory if that is trusted. Without any file it returns the
// defaults. Errors are of kind Invalid, with file, line and field, or NotFound if
// the named file does not exist.
func Load(path string, getenv func(string) string) (*Config, error) {
	path = cmp.Or(path, getenv("HAWSER_CONFIG"))
	if path != "" {
		return Read(path)
	}
	config, err := User(getenv)
	if err != nil {
		return nil, err
	}
	project := find(ProjectDir)
	if project == "" || SameFile(project, config.path) {
		return config, nil
	}
	if err := config.takeProject(project); err != nil {
		return nil, err
	}
	return config, nil
}

// User reads the user's own configuration; without one it gives the
// defaults.
func User(getenv func(string) string) (*Config, error) {
	path, err := findOwn(UserDir(getenv))
	if err != nil {
		return nil, err
	}
	if path != "" {
		return Read(path)
	}
	return &Config{Guard: tool.DefaultGuard()}, nil
}

// Read reads a configuration without a project's: the user's own, or one that the
// user named. It must be a regular file, because it is read again on SIGHUP and by
// the programs that hawser mcp install configures.
func Read(path string) (*Config, error) {
	text, err := files.ReadRegular(path, maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist) && named(path):
		return nil, fault.Wrap(err, fault.NotFound, "the configuration file %s can't be read", path).
			WithCause("it is a symbolic link, and there is nothing where it leads").WithFix("let the link lead to a file, or correct --config or HAWSER_CONFIG")
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.NotFound, "there is no configuration file %s", path).
			WithFix("correct --config or HAWSER_CONFIG, or leave it out")
	case err != nil:
		return nil, unreadable(err, "the configuration file "+path)
	}
	return Parse(path, text)
}

// Parse reads a configuration's text, YAML or JSON, and checks it.
func Parse(path string, text []byte) (*Config, error) {
	config := &Config{}
	if err := decodeStrict(path, text, config); err != nil {
		return nil, err
	}
	config.path, config.text = path, text
	config.Guard = config.Guard.From(tool.Origin{File: path})
	if config.Guard.Confirm == nil { // a key without a value sets nothing; only [] means none
		config.Guard.Confirm, config.usualConfirm = tool.DefaultGuard().Confirm, true
	}
	if found := config.problems(); len(found) > 0 {
		return nil, firstProblem(path, text, found)
	}
	config.takePlugins()
	return config, config.anchor()
}

// anchor makes relative paths relative to the configuration's own directory, so
// that files in the working directory decide neither what runs nor where Hawser
// keeps its files.
func (c *Config) anchor() error {
	dir, err := filepath.Abs(filepath.Dir(c.path))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the directory of %s can't be found", c.path).WithCause("%v", err)
	}
	join := func(path *string) {
		if *path != "" && !filepath.IsAbs(*path) && !strings.Contains(*path, "://") {
			*path = filepath.Join(dir, *path)
		}
	}
	join(&c.Audit.File)
	join(&c.Store)
	join(&c.Files.Root)
	for i := range c.Audit.Witness {
		join(&c.Audit.Witness[i].Path)
	}
	for name, s := range c.Connections {
		join(&s.CABundle)
		s.AccessKeyID, s.SecretAccessKey = s.AccessKeyID.In(dir), s.SecretAccessKey.In(dir)
		s.SessionToken, s.SCIM.Token = s.SessionToken.In(dir), s.SCIM.Token.In(dir)
		c.Connections[name] = s
	}
	return nil
}

// takePlugins converts the plugins block to the connection that it describes.
func (c *Config) takePlugins() {
	if c.Plugins.AWS == nil {
		return
	}
	if c.Connections == nil {
		c.Connections = make(map[string]settings.Connection)
	}
	c.Connections[settings.DefaultConnection] = c.Plugins.AWS.connection()
}

// Default returns the connection that calls use which name none.
func (c *Config) Default() string {
	names := slices.Collect(maps.Keys(c.Connections))
	if c.DefaultConnection == "" && len(names) == 1 {
		return names[0]
	}
	return cmp.Or(c.DefaultConnection, settings.DefaultConnection)
}

// Path returns the file that was read; empty if there was none.
func (c *Config) Path() string { return c.path }

// Project returns the project's configuration whose connections and agents were
// added; nil if there is none that is trusted.
func (c *Config) Project() *Config { return c.project }

// Untrusted says why the project's file is not used; empty if there is none or it
// is used.
func (c *Config) Untrusted() string { return c.untrusted }

// Names returns the connections' names, sorted.
func (c *Config) Names() []string {
	names := slices.Collect(maps.Keys(c.Connections))
	if _, twice := c.Connections[settings.DefaultConnection]; c.Plugins.AWS != nil && !twice {
		names = append(names, settings.DefaultConnection)
	}
	slices.Sort(names)
	return names
}

// reachable returns the names that a connection may read its keys through: those
// of a project's file may go through the user's as well.
func (c *Config) reachable() []string {
	names := c.Names()
	if c.user != nil {
		names = slices.Concat(names, c.user.Names())
		slices.Sort(names)
	}
	return slices.Compact(names)
}
