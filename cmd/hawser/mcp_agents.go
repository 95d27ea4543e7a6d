package main

import (
	"cmp"
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// agents are the servers of one hawser mcp: the one that its flags say, and one
// for each token that came.
type agents struct {
	program *program
	flags   mcpFlags
	main    *mcpserver.Server
	tokens  *auth.Tokens

	mu    sync.Mutex
	house *house            // with the configuration as it was read last
	own   map[string]served // by the token's id
}

// served is the server of a token.
type served struct {
	token  auth.Token
	server *mcpserver.Server
}

// agents makes the server that the flags say.
func (p *program) agents(f mcpFlags) (*agents, error) {
	a := &agents{program: p, flags: f, house: p.house, own: map[string]served{}}
	profile, registry, err := a.narrowed(p.house, auth.Token{})
	if err != nil {
		return nil, err
	}
	a.main, err = p.mcpServer(profile, registry)
	return a, err
}

// narrowed is what a token's holder may do: what its profile says, or where it
// names none the flags', and of that what the token itself allows.
func (a *agents) narrowed(h *house, t auth.Token) (agentProfile, *tool.Registry, error) {
	flags := a.flags
	if t.Agent != "" {
		// The flags say what a caller without a profile may do, save those that
		// only take away.
		flags.profile, flags.files = t.Agent, ""
		flags.agent = config.Agent{ReadOnly: a.flags.agent.ReadOnly, Deny: a.flags.agent.Deny, Confirm: a.flags.agent.Confirm}
	}
	profile, only, err := h.agentOf(flags)
	if err != nil {
		return profile, nil, err
	}
	if profile.called == "" {
		profile.called = t.Name
	}
	profile.token = t.ID
	profile.OnBehalfOf = cmp.Or(t.For, profile.OnBehalfOf)
	profile.Role = lesser(cmp.Or(profile.Role, caller.Operator), cmp.Or(t.Role, caller.Admin))
	c, err := h.config()
	if err != nil {
		return profile, nil, err
	}
	if profile.reach, err = reachOf(c, profile); err != nil {
		return profile, nil, err
	}
	registry, err := h.agentRegistry(profile, only)
	if err != nil {
		return profile, nil, err
	}
	registry, err = registry.Under(t.Guard())
	return profile, registry, err
}

// lesser is the role that may do less.
func lesser(a, b caller.Role) caller.Role {
	if a.Covers(b) {
		return b
	}
	return a
}

// serverOf leads each token to its own server.
func (a *agents) serverOf(ctx context.Context, b auth.Bearer) (*mcpserver.Server, error) {
	server, err := a.serverFor(ctx, b.Token)
	if err != nil {
		a.program.note("the token " + b.Name + " was not let in: " + fault.From(err).Error())
	}
	return server, err
}

// serverFor finds a token's server, or makes it. It is the token's, not its
// name's, and ends with it.
func (a *agents) serverFor(ctx context.Context, t auth.Token) (*mcpserver.Server, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.own[t.ID]; ok {
		return known.server, nil
	}
	profile, registry, err := a.narrowed(a.house, t)
	if err != nil {
		return nil, err
	}
	server, err := a.program.mcpServer(profile, registry)
	if err != nil {
		return nil, err
	}
	a.own[t.ID] = served{t, server}
	life, _ := a.tokens.While(context.WithoutCancel(ctx), t.ID)
	go func() {
		<-life.Done()
		a.retire(t.ID)
	}()
	return server, nil
}

// retire ends the sessions of a token that was revoked or has expired, and the
// calls that run in them.
func (a *agents) retire(id string) {
	a.mu.Lock()
	gone, ok := a.own[id]
	delete(a.own, id)
	a.mu.Unlock()
	if ok {
		gone.server.EndSessions()
	}
}

// reload reads the configuration anew at each SIGHUP, and gives every server
// what its profile says then; calls that may no longer be made end. A configuration that is wrong changes nothing and
// is told on standard error.
func (a *agents) reload(ctx context.Context) {
	hups := make(chan os.Signal, 1)
	signal.Notify(hups, syscall.SIGHUP)
	defer signal.Stop(hups)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hups:
		}
		if err := a.reloadOnce(); err != nil {
			a.program.note("the configuration was not taken: " + fault.From(err).Error())
			continue
		}
		a.program.note("the configuration was read anew")
	}
}

func (a *agents) reloadOnce() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := newHouse(a.program)
	next, err := fresh.config()
	if err != nil {
		return err
	}
	if before, err := a.house.config(); err == nil && before.Path() != "" && next.Path() == "" {
		return fault.New(fault.NotFound, "the configuration file %s is gone, and with it the guard", before.Path()).
			WithFix("put it back and send SIGHUP again, or restart to use no configuration")
	}
	a.house = fresh
	a.program.house.later = append(a.program.house.later, fresh)
	a.renew(a.main, auth.Token{})
	for _, s := range a.own {
		a.renew(s.server, s.token)
	}
	return nil
}

// renew gives a server what its profile and token say now. A server whose
// profile is gone or wrong refuses every call: its rights were taken away, and
// that must hold back none of the others.
func (a *agents) renew(s *mcpserver.Server, t auth.Token) {
	profile, registry, err := a.narrowed(a.house, t)
	if err == nil {
		err = s.Update(registry, a.program.mcpOptions(profile))
	}
	if err == nil {
		return
	}
	s.Refuse(fault.Wrap(err, fault.Refused, "this agent may do nothing any more").
		WithCause("its profile cannot be used: %s", fault.From(err).Error()).
		WithFix("whoever configured this Hawser can correct the profile and send SIGHUP"))
	who := "the server"
	if t.Name != "" {
		who = "the token " + t.Name
	}
	a.program.note(who + " refuses every call: " + fault.From(err).Error())
}
