// Package app joins the parts: the configuration, the connections, the audit log,
// the store and the tools. An App opens each part when it is first needed, and
// closes what it opened. The command line, a worker or a web UI can stand on it.
package app

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"

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

// Options say what an App is made of.
type Options struct {
	// Flags are read when something is first opened, so that they may be set
	// after New.
	Flags  *Flags
	Getenv func(string) string
	// Stderr receives what goes wrong in Hawser itself, a line for each.
	Stderr io.Writer
	// AskMFA asks a person for the code of an MFA device; nil where nobody can be
	// asked. Profiles that want a code are then refused with the way out.
	AskMFA func() (string, error)
	// Loaded, where not nil, is given each configuration that was read.
	Loaded func(*config.Config)
}

// Flags are those of the command line that hold for all that an App makes.
type Flags struct {
	Config    string // the configuration file; empty is the default
	ReadOnly  bool
	MaxOutput int    // bytes of JSON; 0 is no cap
	Timeout   string // a duration; empty is none
}

// App opens what calls need, each part once and when it is first needed, so that
// help works without a configuration and a broken one spoils nothing else. It is
// safe for concurrent use.
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

// New makes an App that has opened nothing yet.
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

// again makes an App of the same options that reads everything anew.
func (a *App) again() *App { return New(a.options) }

// Tools are all tools, those that the guard keeps out included.
func (a *App) Tools() []*tool.Tool { return a.tools }

// ToolNames are the names of all tools.
func (a *App) ToolNames() []string {
	names := make([]string, len(a.tools))
	for i, t := range a.tools {
		names[i] = t.Name
	}
	return names
}

// Regions are the AWS regions that Hawser knows.
func (a *App) Regions() []string { return regions.Of("") }

// toolsOf are the tools, which reach AWS through a pool.
func (a *App) toolsOf(pool func() (*awsapi.Pool, error)) []*tool.Tool {
	return toolbox.Tools(toolbox.Sources{Pool: pool, Audit: logReader(a.log), Store: a.store, People: a.people})
}

// Config is the configuration.
func (a *App) Config() (*config.Config, error) { return a.config() }

func (a *App) loadConfig() (*config.Config, error) {
	c, err := config.Load(a.options.Flags.Config, a.options.Getenv)
	if err != nil {
		return nil, err
	}
	if err := c.CheckPatterns(a.ToolNames()); err != nil {
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

// openStore opens the store of snapshots, at the configured path or beside the
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

// people are the identities that the configuration gives to people.
func (a *App) people() (correlate.Mapping, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return c.People, nil
}

// Registry is what calls go through, under the guards of the configuration and
// the flags.
func (a *App) Registry() (*tool.Registry, error) { return a.registry() }

func (a *App) openRegistry() (*tool.Registry, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.registryOf(a.tools, c.Guard, a.pool)
}

// registryOf is a registry of tools that reach AWS through a pool, under a
// guard, the project's and the flags'.
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

// Agent is the agent that flags say, or the one that bears a token, and the
// registry that its calls go through: its own connections, under its profile's
// guard as well as the configured one, and of the tools only some.
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

// Close closes what was opened. Calls that run lose it.
func (a *App) Close() error { return a.uses.close() }

// Retire closes what was opened as soon as no call uses it. No further call may
// begin then.
func (a *App) Retire() {
	a.uses.retire(func(err error) { a.logger.Error(fault.From(err).Error()) })
}

// logReader lets tools read the audit log without opening it before its time.
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
