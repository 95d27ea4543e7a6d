package mcpserver

import (
	"cmp"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// state is what a server does now: the registry that calls go through and the
// options that hold for them. A request takes it once, so that it is served
// either wholly as before an update or wholly as after it.
type state struct {
	registry *tool.Registry
	options  Options
	// refusal, where not nil, is the answer to every call.
	refusal *fault.Error
	// offered are the names that clients know tools by.
	offered map[string]bool
}

// Update puts another registry and other options in the place of those that are
// there, both at once. Calls that begin from now on are made by them, in the
// sessions that are open too, and clients are told that the tools changed. Calls
// that run and may no longer be made end, and are recorded as canceled. The
// agent's name, the version and the clock stay as they were. The error is of
// kind Invalid; nothing has changed then.
func (s *Server) Update(r *tool.Registry, o Options) error {
	o, err := o.complete(r)
	if err != nil {
		return err
	}
	before := s.now.Load().options
	o.Agent, o.Version, o.Clock = before.Agent, before.Version, before.Clock
	s.offer(&state{registry: r, options: o})
	return nil
}

// Refuse makes the server answer every call with the error, until it is updated.
// The refusals are recorded by the registry. Calls that run end.
func (s *Server) Refuse(r *tool.Registry, err error) {
	s.offer(&state{registry: r, options: s.now.Load().options, refusal: fault.From(err)})
}

// offer makes a state the server's own. Calls follow it from the first line on;
// the lists of tools, resources and prompts follow after.
func (s *Server) offer(next *state) {
	s.updating.Lock()
	defer s.updating.Unlock()
	next.offered = map[string]bool{}
	for _, name := range next.toolNames() {
		next.offered[name] = true
	}
	before := s.replace(next)
	if gone := missing(before.toolNames(), next.toolNames()); len(gone) > 0 {
		s.mcp.RemoveTools(gone...)
	}
	if gone := missing(before.resources(), next.resources()); len(gone) > 0 {
		s.mcp.RemoveResources(gone...)
	}
	if gone := missing(before.prompts(), next.prompts()); len(gone) > 0 {
		s.mcp.RemovePrompts(gone...)
	}
	s.addTools(next)
	s.addResources(next, before.resources())
	s.addPrompts(next, before.prompts())
}

// missing are the names in before that are not in after.
func missing(before, after []string) []string {
	kept := make(map[string]bool, len(after))
	for _, name := range after {
		kept[name] = true
	}
	var gone []string
	for _, name := range before {
		if !kept[name] {
			gone = append(gone, name)
		}
	}
	return gone
}

// tools are those that the state offers.
func (n *state) tools() []*tool.Tool {
	if n == nil || n.refusal != nil {
		return nil
	}
	return n.registry.ToolsFor(n.options.Role)
}

func (n *state) toolNames() []string {
	var names []string
	for _, t := range n.tools() {
		names = append(names, n.options.name(t))
	}
	return names
}

// has tells whether the state offers a tool.
func (n *state) has(name string) bool {
	if n == nil || n.refusal != nil {
		return false
	}
	_, err := n.registry.Tool(name)
	return err == nil
}

// caller is who makes a request: the agent, for whom its token says.
func (n *state) caller(r mcp.Request) caller.Caller {
	o := n.options
	c := caller.Caller{Door: "mcp", Actor: cmp.Or(o.Agent, "agent"), For: o.For, Token: o.Token, Role: o.Role, AuditAll: o.AuditAll}
	if extra := r.GetExtra(); extra != nil {
		c.For = cmp.Or(bearerOf(extra.TokenInfo).For, c.For)
	}
	return c
}
