package main

import (
	"regexp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// agentProfile is a profile as the flags left it, and what its calls get.
type agentProfile struct {
	config.Agent
	// called is how the agent is called: by its profile, or else by its token.
	called  string
	denied  []string      // what --deny takes away besides
	granted *files.Access // the local files of its calls; nil is none
	reach   agentReach    // what its calls use
	token   string        // the id of the token that its calls bear; empty is none
}

// defaultAgentOutput caps the answers to an agent where nothing else does, in
// bytes: about what a model takes in at once.
const defaultAgentOutput = 64 << 10

// agentRegistry is the registry that an agent gets: its own connections, under
// its profile's guard as well as the configured one, and of its tools only some.
func (h *house) agentRegistry(a agentProfile, only []string) (*tool.Registry, error) {
	c, err := h.config()
	if err != nil {
		return nil, err
	}
	pool, err := agentPool(c, a)
	if err != nil {
		return nil, err
	}
	guard, err := a.Guard()
	if err != nil {
		return nil, err
	}
	outer := c.Guard
	if outer.MaxOutput == 0 && a.MaxOutput == 0 && h.flags.maxOutput == 0 {
		outer.MaxOutput = defaultAgentOutput
	}
	tools := toolbox.Tools(toolbox.Sources{
		Pool: func() (*awsapi.Pool, error) { return pool, nil }, Audit: logReader(h.log), Store: h.store, People: h.people,
	})
	registry, err := h.registryOf(tools, outer, func() (*awsapi.Pool, error) { return pool, nil })
	if err != nil {
		return nil, err
	}
	if registry, err = registry.Through(kit.Within(pool)).Under(guard); err != nil {
		return nil, err
	}
	return registry.Under(tool.Guard{Allow: only, Deny: a.denied}.From(flagsOrigin()))
}

// sessionName is how an agent's sessions show in CloudTrail: which agent, and
// for whom. It is as AWS takes it.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func sessionName(agent, person string) string {
	if agent == "" {
		return ""
	}
	name := "hawser-" + agent
	if person != "" {
		name += "+" + person
	}
	name = notInSessionNames.ReplaceAllString(name, "-")
	return name[:min(len(name), 64)]
}

var notInSessionNames = regexp.MustCompile(`[^\w+=,.@-]`)
