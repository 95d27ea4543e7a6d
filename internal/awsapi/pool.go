package awsapi

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// DefaultConnection is the connection used where none is named and no other
// default was chosen.
const DefaultConnection = settings.DefaultConnection

// Target is where a call goes. An empty field means the default: the default
// connection, the connection's own account, its region.
type Target struct {
	Connection string
	Account    string
	Region     string
}

// Settings are the settings of a connection.
type Settings = settings.Connection

// Pool holds every connection. It is safe for concurrent use.
type Pool struct {
	settings    map[string]Settings
	defaultName string
	backoff     pace.Backoff
	tableAlways bool
	mfa         func() (string, error)
	agent       Agent
	only        []string // connections
	accounts    []string

	meters pace.Meters

	mu          sync.Mutex
	connections map[string]*connection
}

// Option changes how a Pool works.
type Option func(*Pool)

// WithDefault names the connection that an empty Target means.
func WithDefault(name string) Option {
	return func(p *Pool) { p.defaultName = name }
}

// WithBackoff replaces the spacing of retries: for tests, in this package and others.
func WithBackoff(b pace.Backoff) Option { return func(p *Pool) { p.backoff = b } }

// WithPublishedLimits applies the table of AWS's published rates also to
// endpoints that are not AWS's own: for tests and benchmarks against the simulator.
func WithPublishedLimits() Option { return func(p *Pool) { p.tableAlways = true } }

// WithMFA returns the function that asks a person for a token code, for profiles
// with mfa_serial.
func WithMFA(ask func() (string, error)) Option { return func(p *Pool) { p.mfa = ask } }

// NewPool makes a pool of the connections in settings. Without any it holds
// one, DefaultConnection, which takes what the machine offers. Nothing is
// contacted before a Session is asked for.
func NewPool(settings map[string]Settings, opts ...Option) *Pool {
	p := &Pool{
		settings:    maps.Clone(settings),
		backoff:     pace.Backoff{Attempts: 8, Transient: 4, Base: 100 * time.Millisecond, Cap: 20 * time.Second},
		connections: make(map[string]*connection),
	}
	if len(p.settings) == 0 {
		p.settings = map[string]Settings{DefaultConnection: {}}
	}
	for _, opt := range opts {
		opt(p)
	}
	if names := p.Names(); p.defaultName == "" && len(names) == 1 {
		p.defaultName = names[0]
	}
	if p.defaultName == "" {
		p.defaultName = DefaultConnection
	}
	if len(p.only) == 1 {
		p.defaultName = p.only[0]
	}
	return p
}

// Names lists the connections that may be used, sorted.
func (p *Pool) Names() []string {
	names := slices.Sorted(maps.Keys(p.settings))
	if len(p.only) == 0 {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(p.only, name) })
}

// Default returns the name of the connection that an empty Target means.
func (p *Pool) Default() string { return p.defaultName }

// connection returns the named connection, if it may be used.
func (p *Pool) connection(name string) (*connection, error) {
	if name == "" {
		name = p.defaultName
	}
	if !slices.Contains(p.Names(), name) {
		return nil, p.unknown(name)
	}
	return p.made(name), nil
}

// made returns a connection of the settings, made on first use.
func (p *Pool) made(name string) *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.connections[name]
	if c == nil {
		c = &connection{pool: p, name: name, settings: p.settings[name], sessions: make(map[Target]*Session)}
		p.connections[name] = c
	}
	return c
}

func (p *Pool) unknown(name string) error {
	e := fault.New(fault.Invalid, "there is no connection %q", name).At("connection").
		WithFix("name one of: %s", strings.Join(p.Names(), ", "))
	if near := fault.Nearest(name, p.Names()); near != "" {
		e = e.WithCause("did you mean %q?", near)
	}
	return e
}

// Stats lists every API that was called, busiest first.
func (p *Pool) Stats() []pace.Stats { return p.meters.Stats() }
