package main

import (
	"path"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi"
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

// agentReach is the reach of a profile. The error is of kind Invalid: no
// connection fits the profile.
func (c *Config) agentReach(a AgentConfig) (agentReach, error) {
	r := agentReach{
		connections: map[string]awsapi.Settings{}, standard: c.DefaultConnection, accounts: a.Accounts,
		agent: awsapi.Agent{SessionName: sessionName(a.name, a.OnBehalfOf), SourceIdentity: a.SourceIdentity, Policy: a.SessionPolicy},
	}
	if a.granted != nil {
		r.files = a.granted.Dir()
	}
	names := c.names()
	if len(a.Connections) > 0 {
		names = slices.DeleteFunc(names, func(name string) bool { return !a.mayName(name) })
		if len(names) == 0 {
			return r, fault.New(fault.Invalid, "no connection is called like %s", strings.Join(a.Connections, ", ")).At("connections").
				WithFix("the connections are: %s", strings.Join(c.names(), ", "))
		}
		r.names = names
	}
	for _, name := range names {
		r.add(c, name)
	}
	return r, nil
}

// add adds a connection and those that it goes through.
func (r agentReach) add(c *Config, name string) {
	settings, ok := c.Connections[name]
	if _, known := r.connections[name]; known || !ok {
		return
	}
	r.connections[name] = settings
	r.add(c, settings.Via)
}

// mayName tells whether the profile's patterns have a connection.
func (a AgentConfig) mayName(connection string) bool {
	return slices.ContainsFunc(a.Connections, func(pattern string) bool {
		ok, err := path.Match(pattern, connection)
		return err == nil && ok
	})
}

// agentPool is the pool of the connections and accounts of a profile, whose
// sessions bear its name.
func (c *Config) agentPool(a AgentConfig) (*awsapi.Pool, error) {
	reach, err := c.agentReach(a)
	if err != nil {
		return nil, err
	}
	options := []awsapi.Option{awsapi.WithAccounts(reach.accounts), awsapi.WithAgent(reach.agent)}
	if reach.names != nil {
		options = append(options, awsapi.WithConnections(reach.names))
	}
	return c.Pool(options...), nil
}
