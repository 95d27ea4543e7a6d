package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
)

// reload reads the configuration anew at each SIGHUP, and gives the server the
// tools that the profile has then. A configuration that is wrong changes nothing
// and is told on standard error.
func (p *program) reload(ctx context.Context, s *mcpserver.Server, f mcpFlags) {
	hups := make(chan os.Signal, 1)
	signal.Notify(hups, syscall.SIGHUP)
	defer signal.Stop(hups)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hups:
		}
		if err := p.reloadOnce(s, f); err != nil {
			p.note("the configuration was not taken: " + fault.From(err).Error())
			continue
		}
		p.note("the configuration was read anew")
	}
}

func (p *program) reloadOnce(s *mcpserver.Server, f mcpFlags) error {
	fresh := newHouse(p)
	agent, only, err := fresh.agentOf(f)
	if err != nil {
		return err
	}
	registry, err := fresh.agentRegistry(agent, only)
	if err != nil {
		return err
	}
	s.Update(registry)
	return nil
}
