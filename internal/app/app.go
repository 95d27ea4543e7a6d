// Package app joins the parts: the configuration, the connections, the audit log,
// the store and the tools. An App opens each part when it is first needed, and
// closes what it opened. A command line, a worker or a web UI can be built on it.
package app

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// Options configure an App.
type Options struct {
	// Flags are read when the first part is opened, so they may be set after New.
	Flags  *Flags
	Getenv func(string) string
	// Stderr receives errors of Hawser itself, one per line.
	Stderr io.Writer
	// AskMFA asks a person for the code of an MFA device; nil if nobody can be
	// asked. AWS profiles that need a code are then refused, with a fix.
	AskMFA func() (string, error)
	// Loaded, if not nil, is called with each configuration that was read.
	Loaded func(*config.Config)
}

// Flags are the command-line flags that apply to everything an App makes.
type Flags struct {
	Config    string // the configuration file; empty means the default
	ReadOnly  bool
	MaxOutput int    // bytes of JSON; 0 means no cap
	Timeout   string // a duration; empty means no limit
	// AWS changes the default connection.
	AWS config.Override
}

// App opens the parts that calls need, each one once and when it is first needed.
// So help works without a configuration, and a broken part affects nothing else.
// It is safe for concurrent use.
type App struct {
	options Options
	tools   []*tool.Tool
	logger  *slog.Logger
	uses    uses

	config   func() (*config.Config, error)
	pool     func() (*awsapi.Pool, error)
	log      func() (*audit.File, error)
	store    func() (*store.Store, error)
	root     func() (*files.Access, error)
	registry func() (*tool.Registry, error)
}

// New returns an App that has opened nothing yet.
func New(o Options) *App {
	a := &App{options: o, logger: slog.New(slog.NewTextHandler(o.Stderr, nil))}
	a.config = sync.OnceValues(a.loadConfig)
	a.pool = sync.OnceValues(a.openPool)
	a.log = sync.OnceValues(a.openLog)
	a.root = sync.OnceValues(a.openRoot)
	a.store = sync.OnceValues(a.openStore)
	a.registry = sync.OnceValues(a.openRegistry)
	a.tools = a.toolsOf(a.pool)
	return a
}

// again returns an App with the same options that reads everything again.
func (a *App) again() *App { return New(a.options) }

// Tools returns all tools, including those that the guard denies.
func (a *App) Tools() []*tool.Tool { return a.tools }

// ToolNames returns the names of all tools.
func (a *App) ToolNames() []string {
	names := make([]string, len(a.tools))
	for i, t := range a.tools {
		names[i] = t.Name
	}
	return names
}

// Regions returns the AWS regions that Hawser knows.
func (a *App) Regions() []string { return regions.Of("") }

// Connections returns the names of the connections.
func (a *App) Connections() ([]string, error) {
	pool, err := a.pool()
	if err != nil {
		return nil, err
	}
	return pool.Names(), nil
}

// toolsOf returns the tools, which reach AWS through a pool.
func (a *App) toolsOf(pool func() (*awsapi.Pool, error)) []*tool.Tool {
	return toolbox.Tools(toolbox.Sources{Pool: pool, Audit: logReader(a.log), Store: a.store, People: a.people, Retention: a.retention})
}

// Config returns the configuration.
func (a *App) Config() (*config.Config, error) { return a.config() }

func (a *App) loadConfig() (*config.Config, error) {
	c, err := config.Load(a.options.Flags.Config, a.options.Getenv)
	if err != nil {
		return nil, err
	}
	if err := c.CheckPatterns(a.ToolNames()); err != nil {
		return nil, err
	}
	if err := c.Override(a.options.Flags.AWS); err != nil {
		return nil, err
	}
	if a.options.Loaded != nil {
		a.options.Loaded(c)
	}
	return c, nil
}

// openPool opens the connections.
func (a *App) openPool() (*awsapi.Pool, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	options := []awsapi.Option{awsapi.WithDefault(c.Default())}
	if a.options.AskMFA != nil {
		options = append(options, awsapi.WithMFA(a.options.AskMFA))
	}
	return awsapi.NewPool(c.Connections, options...), nil
}

// openStore opens the store of snapshots, at the configured path or next to the
// audit log.
func (a *App) openStore() (*store.Store, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	path := c.Store
	if path == "" {
		dir, err := config.StateDir()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(dir, "hawser.db")
	}
	opened, err := db.Open(path)
	if err != nil {
		return nil, err
	}
	a.uses.add(opened)
	return store.New(context.Background(), opened)
}

// people returns the configured mapping of identities to people.
func (a *App) people() (correlate.Mapping, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return c.People, nil
}

// retention returns how long snapshots are kept; 0 means for ever.
func (a *App) retention() (time.Duration, error) {
	c, err := a.config()
	if err != nil {
		return 0, err
	}
	return c.RetentionTime()
}

// Registry returns the registry that calls go through, with the guards of the
// configuration and the flags.
func (a *App) Registry() (*tool.Registry, error) { return a.registry() }

func (a *App) openRegistry() (*tool.Registry, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.registryOf(a.tools, c.Guard, a.pool)
}

// registryOf returns a registry of tools that reach AWS through a pool, with a
// guard and with those of the project and the flags.
func (a *App) registryOf(tools []*tool.Tool, guard tool.Guard, pool func() (*awsapi.Pool, error)) (*tool.Registry, error) {
	log, err := a.log()
	if err != nil {
		return nil, err
	}
	key, err := a.auditKey()
	if err != nil {
		return nil, err
	}
	registry, err := tool.NewRegistry(tools, tool.Options{
		Guard: guard, Log: log, Key: key, Logger: a.logger, Resolve: kit.Resolve(pool), Enter: a.uses.enter,
	})
	if err != nil {
		return nil, err
	}
	return a.narrowed(registry)
}

// Agent returns the agent of the flags, or the one of a token, and the registry
// for its calls. The registry has the agent's own connections, the guard of its
// profile in addition to the configured one, and only some of the tools.
func (a *App) Agent(f agent.Flags, t auth.Token) (*agent.Agent, *tool.Registry, error) {
	c, err := a.config()
	if err != nil {
		return nil, nil, err
	}
	made, err := agent.New(c, f, t, a)
	if err != nil {
		return nil, nil, err
	}
	outer := c.Guard
	if outer.MaxOutput == 0 && made.MaxOutput == 0 && a.options.Flags.MaxOutput == 0 {
		outer.MaxOutput = agent.DefaultOutput
	}
	pool := func() (*awsapi.Pool, error) { return made.Pool, nil }
	registry, err := a.registryOf(a.toolsOf(pool), outer, pool)
	if err != nil {
		return nil, nil, err
	}
	registry, err = made.Narrow(registry)
	return made, registry, err
}

// Close closes what was opened. Running calls fail.
func (a *App) Close() error { return a.uses.close() }

// Retire closes what was opened as soon as no call uses it. No further call may
// begin after that.
func (a *App) Retire() {
	a.uses.retire(func(err error) { a.logger.Error(fault.From(err).Error()) })
}

// logReader lets tools read the audit log. It opens the log only when a tool
// reads it.
type logReader func() (*audit.File, error)

func (open logReader) List(ctx context.Context, f audit.Filter) (audit.Page, error) {
	log, err := open()
	if err != nil {
		return audit.Page{}, err
	}
	return log.List(ctx, f)
}

func (open logReader) Verify(ctx context.Context, head string) (audit.Report, error) {
	log, err := open()
	if err != nil {
		return audit.Report{}, err
	}
	return log.Verify(ctx, head)
}
