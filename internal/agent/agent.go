// Package agent determines what an AI agent may do: its profile, narrowed by
// flags and by its token, and the connections, accounts and files that its calls
// may use. It serves no protocol and opens nothing itself.
package agent

import (
	"cmp"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// DefaultOutput is the default cap of answers to an agent, in bytes: about what a
// model can take in at once.
const DefaultOutput = 64 << 10

// Flags are the command-line flags about an agent.
type Flags struct {
	// Profile is the agent's profile in the configuration; empty means none.
	Profile string
	// Agent narrows the profile, or replaces it if there is none.
	Agent config.Agent
	// Files is the directory whose files the agent may use; empty is files.root.
	Files string
}

// FlagsOrigin names the flags as the origin of limits.
func FlagsOrigin() tool.Origin {
	return tool.Origin{Owner: "whoever started this Hawser", Names: map[string]string{
		"read_only": "--read-only", "max_output": "--max-output", "timeout": "--timeout", "allow": "--tools", "deny": "--deny",
	}}
}

// of returns the flags that apply to the bearer of a token. Flags decide what a
// caller without a profile may do. For a token with a profile, only those flags
// apply that take something away.
func (f Flags) of(t auth.Token) Flags {
	if t.Agent == "" {
		return f
	}
	return Flags{Profile: t.Agent, Agent: config.Agent{ReadOnly: f.Agent.ReadOnly, Deny: f.Agent.Deny, Confirm: f.Agent.Confirm}}
}

// Directories opens the local files that agents may use.
type Directories interface {
	// RootFiles returns the files in files.root; nil if that is not configured.
	RootFiles() (*files.Access, error)
	// OpenFiles opens a directory.
	OpenFiles(dir string) (*files.Access, error)
}

// Agent is an agent with the limits of its profile, the flags and its token.
type Agent struct {
	config.Agent
	// Called is the agent's name in sessions and in the audit log: that of its
	// profile, or else of its token.
	Called string
	// Token is the agent's token; the zero value means none.
	Token auth.Token
	// Granted are the local files of its calls; nil means none.
	Granted *files.Access
	// Reach is what its calls use, and Pool the pool of its connections.
	Reach Reach
	Pool  *awsapi.Pool

	only, denied []string // the tools that flags allow and deny
}

// New returns the agent of the flags, or that of a token. The error is a fault of
// kind Invalid, NotFound or Refused: there is no such profile, the flags do not
// fit it, or its files can't be opened.
func New(c *config.Config, f Flags, t auth.Token, d Directories) (*Agent, error) {
	f = f.of(t)
	profile, err := c.Profile(f.Profile)
	if err != nil {
		return nil, err
	}
	narrowed, err := profile.Within(f.Agent, FlagsOrigin())
	if err != nil {
		return nil, err
	}
	if found := narrowed.Problems(); len(found) > 0 {
		return nil, found[0]
	}
	a := &Agent{Agent: narrowed, Called: cmp.Or(narrowed.Name(), t.Name), Token: t, only: f.Agent.Tools}
	if a.Name() != "" {
		a.denied = f.Agent.Deny
	}
	a.OnBehalfOf = cmp.Or(t.For, a.OnBehalfOf)
	a.Role = lesser(cmp.Or(a.Role, caller.Operator), cmp.Or(t.Role, caller.Admin))
	if a.Granted, err = a.files(d, f.Files); err != nil {
		return nil, err
	}
	if a.Reach, err = reachOf(c, a); err != nil {
		return nil, err
	}
	a.Pool = a.Reach.pool()
	return a, nil
}

// lesser returns the role that may do less.
func lesser(a, b caller.Role) caller.Role {
	if a.Covers(b) {
		return b
	}
	return a
}

// files returns the local files of the agent's calls: those in dir if that is
// given, else in files.root. They are nil if there is neither, or if its profile
// does not allow any.
func (a *Agent) files(d Directories, dir string) (*files.Access, error) {
	switch {
	case a.Name() != "" && !a.Files && dir != "":
		return nil, a.NoFiles()
	case a.Name() != "" && !a.Files:
		return nil, nil
	case dir != "":
		given, err := d.OpenFiles(dir)
		if err != nil {
			return nil, fault.From(err).At("files")
		}
		return given, nil
	}
	return d.RootFiles()
}

// Narrow puts a registry, whose tools call AWS through the agent's Pool, under
// all limits of the agent.
func (a *Agent) Narrow(r *tool.Registry) (*tool.Registry, error) {
	profile, err := a.Guard()
	if err != nil {
		return nil, err
	}
	r = r.Through(kit.Within(a.Pool))
	for _, guard := range []tool.Guard{profile, tool.Guard{Allow: a.only, Deny: a.denied}.From(FlagsOrigin()), a.Token.Guard()} {
		if r, err = r.Under(guard); err != nil {
			return nil, err
		}
	}
	return r, nil
}
