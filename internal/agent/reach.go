package agent

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
)

// Reach is what an agent's calls use and how AWS identifies them: everything that
// its pool of connections is made of, and the directory of its files. Reaches are
// compared by reflect.DeepEqual.
type Reach struct {
	connections map[string]awsapi.Settings // those that it may name, and those that they use
	names       []string                   // those that it may name; nil means all
	standard    string                     // the default connection
	accounts    []string
	agent       awsapi.Agent
	files       string
}

// reachOf returns the reach of an agent. The error is of kind Invalid if no
// connection matches its profile.
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

// add adds a connection and those that it uses.
func (r Reach) add(c *config.Config, name string) {
	settings, ok := c.Connections[name]
	if _, known := r.connections[name]; known || !ok {
		return
	}
	r.connections[name] = settings
	r.add(c, settings.Via)
}

// pool makes the pool of the connections and accounts. Its sessions have the
// agent's name.
func (r Reach) pool() *awsapi.Pool {
	options := []awsapi.Option{awsapi.WithDefault(r.standard), awsapi.WithAccounts(r.accounts), awsapi.WithAgent(r.agent)}
	if r.names != nil {
		options = append(options, awsapi.WithConnections(r.names))
	}
	return awsapi.NewPool(r.connections, options...)
}

// Files returns the directory of the agent's files; empty means none.
func (r Reach) Files() string { return r.files }

// sessionName returns the name of an agent's sessions in CloudTrail: the agent,
// and on whose behalf it works. It has only characters that AWS accepts.
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
