package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/tool"
)

// AgentOptions configure how agents are served.
type AgentOptions struct {
	Flags agent.Flags
	// Tokens are the tokens that agents may use; nil means none.
	Tokens *auth.Tokens
	// Terminal is where a person reads the one-time codes of confirmations, and
	// Stderr where they read errors of the protocol.
	Terminal, Stderr io.Writer
	// Version is the version of the program.
	Version string
	// Note informs the person who started Hawser.
	Note func(string)
}

// Agents are the MCP servers of one process: the one for the flags, and one for
// each token that was used. It is safe for concurrent use.
type Agents struct {
	options AgentOptions
	main    *mcpserver.Server

	mu  sync.Mutex
	app *App              // has the configuration as it was last read
	own map[string]served // by the token's id
}

// served is the server of a token.
type served struct {
	token  auth.Token
	server *mcpserver.Server
}

// Agents makes the server for the flags. From then on the App belongs to the
// Agents, which close it or replace it.
func (a *App) Agents(o AgentOptions) (*Agents, error) {
	all := &Agents{options: o, app: a, own: map[string]served{}}
	main, err := all.server(auth.Token{})
	all.main = main
	return all, err
}

// Verify returns the bearer of a token. It is an auth.Verifier.
func (s *Agents) Verify(ctx context.Context, secret string) (auth.Bearer, error) {
	return s.options.Tokens.Verify(ctx, secret)
}

// Main returns the server of callers without a token.
func (s *Agents) Main() *mcpserver.Server { return s.main }

// server makes the server of a token.
func (s *Agents) server(t auth.Token) (*mcpserver.Server, error) {
	made, registry, err := s.app.Agent(s.options.Flags, t)
	if err != nil {
		return nil, err
	}
	return s.options.Server(made, registry)
}

// Server makes the server of an agent.
func (o AgentOptions) Server(a *agent.Agent, r *tool.Registry) (*mcpserver.Server, error) {
	options := o.of(a)
	options.Consent, options.Codes, options.Breakers = tool.NewConsent(nil), mcpserver.NewCodes(nil), mcpserver.NewBreakers(nil)
	return mcpserver.New(r, options)
}

// of returns the options of an agent's server.
func (o AgentOptions) of(a *agent.Agent) mcpserver.Options {
	return mcpserver.Options{
		Agent: a.Called, For: a.OnBehalfOf, Token: a.Token.ID, Role: a.Role, Names: mcpserver.NameStyle(a.NameStyle),
		Approved: a.Approve, ShowSecrets: a.ShowSecrets, AuditAll: a.Audit == "all", Files: a.Granted, Reach: a.Reach,
		Terminal: o.Terminal, Version: o.Version,
		Logger: slog.New(slog.NewTextHandler(o.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

// ServerOf returns the server of a bearer's token.
func (s *Agents) ServerOf(ctx context.Context, b auth.Bearer) (*mcpserver.Server, error) {
	server, err := s.serverFor(ctx, b.Token)
	if err != nil {
		s.options.Note("the token " + b.Name + " was refused: " + fault.From(err).Error())
	}
	return server, err
}

// serverFor returns a token's server, or makes it. It belongs to the token, not
// to the token's name, and ends with the token.
func (s *Agents) serverFor(ctx context.Context, t auth.Token) (*mcpserver.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.own[t.ID]; ok {
		return known.server, nil
	}
	server, err := s.server(t)
	if err != nil {
		return nil, err
	}
	s.own[t.ID] = served{t, server}
	life, _ := s.options.Tokens.While(context.WithoutCancel(ctx), t.ID)
	go func() {
		<-life.Done()
		s.retire(t.ID)
	}()
	return server, nil
}

// retire ends the sessions of a token that was revoked or has expired, and the
// calls that run in them.
func (s *Agents) retire(id string) {
	s.mu.Lock()
	gone, ok := s.own[id]
	delete(s.own, id)
	s.mu.Unlock()
	if ok {
		gone.server.EndSessions()
	}
}

// Reload reads the configuration again at each signal of hangups, and updates
// every server with its profile. Calls that are no longer allowed end. If the
// configuration is wrong, nothing changes and the error is noted.
func (s *Agents) Reload(ctx context.Context, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		if err := parallel.Safely(s.reload); err != nil {
			s.options.Note("the configuration was not applied: " + fault.From(err).Error())
			continue
		}
		s.options.Note("the configuration was reloaded")
	}
}

func (s *Agents) reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.app.again()
	registry, err := s.next(fresh)
	if err != nil {
		return errors.Join(err, fresh.Close())
	}
	former := s.app
	s.app = fresh
	s.renew(s.main, auth.Token{}, registry)
	for _, one := range s.own {
		s.renew(one.server, one.token, registry)
	}
	former.Retire()
	return nil
}

// next returns the registry of an App that replaces the former one.
func (s *Agents) next(fresh *App) (*tool.Registry, error) {
	c, err := fresh.Config()
	if err != nil {
		return nil, err
	}
	if before, err := s.app.Config(); err == nil && before.Path() != "" && c.Path() == "" {
		return nil, fault.New(fault.NotFound, "the configuration file %s is gone, and with it the guard", before.Path()).
			WithFix("put it back and send SIGHUP again, or restart to use no configuration")
	}
	return fresh.Registry()
}

// renew updates a server with its profile and token. A server whose profile is
// missing or wrong refuses every call, because its rights were removed, and the
// other servers continue. Fresh records the refusals.
func (s *Agents) renew(server *mcpserver.Server, t auth.Token, fresh *tool.Registry) {
	made, registry, err := s.app.Agent(s.options.Flags, t)
	if err == nil {
		err = server.Update(registry, s.options.of(made))
	}
	if err == nil {
		return
	}
	server.Refuse(fresh, fault.Wrap(err, fault.Refused, "this agent has no rights any more").
		WithCause("its profile cannot be used: %s", fault.From(err).Error()).
		WithFix("whoever configured this Hawser can correct the profile and send SIGHUP"))
	who := "the server"
	if t.Name != "" {
		who = "the token " + t.Name
	}
	s.options.Note(who + " refuses every call: " + fault.From(err).Error())
}

// Close closes what the calls of agents use.
func (s *Agents) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app.Close()
}
