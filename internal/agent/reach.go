package agent

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
)

// Reach is what an agent's calls use and how AWS knows them: all that the pool of
// its connections is made of, and the directory of its files. Two of them are the
// same by reflect.DeepEqual.
type Reach struct {
	connections map[string]awsapi.Settings // that it may name, and those that they go through
	names       []string                   // that it may name; nil is all
	standard    string                     // the default connection
	accounts    []string
	agent       awsapi.Agent
	files       string
}

// reachOf is the reach of an agent. The error is of kind Invalid: no connection
// fits its profile.
func reachOf(c *config.Config, a *Agent) (Reach, error) {
	r := Reach{
		connections: map[string]awsapi.Settings{}, standard: c.Default(), accounts: a.Accounts,
		agent: awsapi.Agent{SessionName: sessionName(a.Called, a.OnBehalfOf), SourceIdentity: a.SourceIdentity, Policy: a.SessionPolicy},
	}
	if a.Granted != nil {
		r.files = a.Granted.Dir()
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
func (r Reach) add(c *config.Config, name string) {
	settings, ok := c.Connections[name]
	if _, known := r.connections[name]; known || !ok {
		return
	}
	r.connections[name] = settings
	r.add(c, settings.Via)
}

// pool makes the pool of the connections and accounts, whose sessions have the
// agent's name.
func (r Reach) pool() *awsapi.Pool {
	options := []awsapi.Option{awsapi.WithDefault(r.standard), awsapi.WithAccounts(r.accounts), awsapi.WithAgent(r.agent)}
	if r.names != nil {
		options = append(options, awsapi.WithConnections(r.names))
	}
	return awsapi.NewPool(r.connections, options...)
}

// Files is the directory of the agent's files; empty is none.
func (r Reach) Files() string { return r.files }

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
