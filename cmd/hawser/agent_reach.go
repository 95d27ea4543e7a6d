package main

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
)

// agentReach is what an agent's calls use and how AWS knows them: all that the
// pool of its connections is made of, and the directory of its files.
type agentReach struct {
	connections map[string]awsapi.Settings // that it may name, and those that they go through
	names       []string                   // that it may name; nil is all
	standard    string                     // the default connection
	accounts    []string
	agent       awsapi.Agent
	files       string
}

// reachOf is the reach of a profile. The error is of kind Invalid: no
// connection fits the profile.
func reachOf(c *config.Config, a agentProfile) (agentReach, error) {
	r := agentReach{
		connections: map[string]awsapi.Settings{}, standard: c.DefaultConnection, accounts: a.Accounts,
		agent: awsapi.Agent{SessionName: sessionName(a.called, a.OnBehalfOf), SourceIdentity: a.SourceIdentity, Policy: a.SessionPolicy},
	}
	if a.granted != nil {
		r.files = a.granted.Dir()
	}
	names := c.Names()
	if len(a.Connections) > 0 {
		names = slices.DeleteFunc(names, func(name string) bool { return !a.MayName(name) })
		if len(names) == 0 {
			return r, fault.New(fault.Invalid, "no connection is called like %s", strings.Join(a.Connections, ", ")).At("connections").
				WithFix("the connections are: %s", strings.Join(c.Names(), ", "))
		}
		r.names = names
	}
	for _, name := range names {
		r.add(c, name)
	}
	return r, nil
}

// add adds a connection and those that it goes through.
func (r agentReach) add(c *config.Config, name string) {
	settings, ok := c.Connections[name]
	if _, known := r.connections[name]; known || !ok {
		return
	}
	r.connections[name] = settings
	r.add(c, settings.Via)
}

// agentPool is the pool of the connections and accounts of a profile, whose
// sessions bear its name.
func agentPool(c *config.Config, a agentProfile) (*awsapi.Pool, error) {
	reach, err := reachOf(c, a)
	if err != nil {
		return nil, err
	}
	options := []awsapi.Option{awsapi.WithAccounts(reach.accounts), awsapi.WithAgent(reach.agent)}
	if reach.names != nil {
		options = append(options, awsapi.WithConnections(reach.names))
	}
	return poolOf(c, options...), nil
}
