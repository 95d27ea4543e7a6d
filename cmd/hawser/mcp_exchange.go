package main

import (
	"os"

	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
)

// exchangeFor is the exchange folder that the agent of these flags would get.
func (p *program) exchangeFor(m mcpFlags) (string, error) {
	if m.files != "" {
		return "", fault.New(fault.Invalid, "--exchange and --files exclude each other").At("exchange").WithFix("keep one of them")
	}
	agent, _, err := p.house.agentOf(m)
	if err != nil {
		return "", err
	}
	if agent.Name() != "" && !agent.Files {
		return "", agent.NoFiles()
	}
	return config.ExchangeDir(agent.Name())
}

// makeExchange makes the folder, which the user alone can enter.
func (p *program) makeExchange(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Invalid, "the exchange folder %s can't be made", dir).WithCause("%v", err).
			WithFix("let this user write there")
	}
	p.note("files are exchanged in " + dir)
	return nil
}
