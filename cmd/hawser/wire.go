package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// house joins the parts. Each is opened when a command first needs it, so that
// help works without a configuration and a broken one spoils nothing else.
type house struct {
	tools  []*tool.Tool
	flags  *globalFlags
	getenv func(string) string
	config func() (*config.Config, error)
	pool   func() (*awsapi.Pool, error)
	log    func() (*audit.File, error)
	store  func() (*store.Store, error)
	opened *db.DB
	// openedLog is closed at the end, so that its last head comes to witnesses.
	openedLog *audit.File
	// later are the houses of configurations that were read anew.
	later  []*house
	logger *slog.Logger // what goes wrong in Hawser itself, on standard error
	// rootFiles are the files of those who call from elsewhere: what lies in
	// files.root; nil where that is not set.
	rootFiles func() (*files.Access, error)
}

func newHouse(p *program) *house {
	h := &house{flags: &p.flags, getenv: p.getenv, logger: slog.New(slog.NewTextHandler(p.streams.err, nil))}
	h.config = sync.OnceValues(p.loadConfig)
	h.pool = sync.OnceValues(func() (*awsapi.Pool, error) { return h.openPool(p.streams) })
	h.log = sync.OnceValues(h.openLog)
	h.rootFiles = sync.OnceValues(h.openRoot)
	h.store = sync.OnceValues(h.openStore)
	h.tools = toolbox.Tools(toolbox.Sources{Pool: h.pool, Audit: logReader(h.log), Store: h.store, People: h.people})
	return h
}

// openPool opens the connections. Where nobody can be asked for an MFA code,
// profiles that want one are refused with the way out.
func (h *house) openPool(s streams) (*awsapi.Pool, error) {
	c, err := h.config()
	if err != nil {
		return nil, err
	}
	if !s.ask {
		return poolOf(c), nil
	}
	return poolOf(c, awsapi.WithMFA(s.askMFA)), nil
}

// poolOf is the pool of the configured connections.
func poolOf(c *config.Config, opts ...awsapi.Option) *awsapi.Pool {
	return awsapi.NewPool(c.Connections, append(opts, awsapi.WithDefault(c.Default()))...)
}

// openStore opens the store of snapshots, at the configured path or beside the
// audit log.
func (h *house) openStore() (*store.Store, error) {
	c, err := h.config()
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
	if h.opened, err = db.Open(path); err != nil {
		return nil, err
	}
	return store.New(context.Background(), h.opened)
}

// people are the identities that the configuration gives to people.
func (h *house) people() (correlate.Mapping, error) {
	config, err := h.config()
	if err != nil {
		return nil, err
	}
	return config.People, nil
}

// registry opens what calls need: configuration and audit log.
func (h *house) registry() (*tool.Registry, error) {
	config, err := h.config()
	if err != nil {
		return nil, err
	}
	return h.registryOf(h.tools, config.Guard, h.pool)
}

// registryOf is a registry of tools that reach AWS through a pool, under a
// guard, the project's and the flags'.
func (h *house) registryOf(tools []*tool.Tool, guard tool.Guard, pool func() (*awsapi.Pool, error)) (*tool.Registry, error) {
	log, err := h.log()
	if err != nil {
		return nil, err
	}
	key, err := h.auditKey()
	if err != nil {
		return nil, err
	}
	registry, err := tool.NewRegistry(tools, tool.Options{Guard: guard, Log: log, Key: key, Logger: h.logger, Resolve: kit.Resolve(pool)})
	if err != nil {
		return nil, err
	}
	return h.narrowed(registry)
}

// regions are what --region completes to.
func (h *house) regions() []string { return regions.Of("") }

func (h *house) close() error {
	var errs []error
	if h.opened != nil {
		errs = append(errs, h.opened.Close())
	}
	if h.openedLog != nil {
		errs = append(errs, h.openedLog.Close())
	}
	for _, other := range h.later {
		errs = append(errs, other.close())
	}
	return errors.Join(errs...)
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
