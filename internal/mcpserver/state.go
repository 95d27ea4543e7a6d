package mcpserver

import (
	"cmp"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// state is the current configuration of a server: the registry for its calls, and
// their options. A request reads it once, so that an update never applies to only
// a part of it.
type state struct {
	registry *tool.Registry
	options  Options
	// refusal, if not nil, is the answer to every call.
	refusal *fault.Error
	// offered are the names of tools that clients know.
	offered map[string]bool
}

// Update replaces registry and options, both at once. They apply to all calls
// that begin from now on, also in open sessions, and clients are notified that
// the tools changed. Running calls that are no longer allowed end, and are
// recorded as canceled. The agent's name, the version and the clock stay as they
// were. If an option is wrong, the error is of kind Invalid and nothing changes.
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

// Refuse makes the server answer every call with the error until the next Update.
// The registry records the refusals. Running calls end.
func (s *Server) Refuse(r *tool.Registry, err error) {
	s.offer(&state{registry: r, options: s.now.Load().options, refusal: fault.From(err)})
}

// offer makes s the state of the server. Calls use it at once; the lists of
// tools, resources and prompts are updated after that.
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

// missing returns the names in before that are not in after.
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

// tools returns the tools that the state offers.
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

// has reports whether the state offers a tool.
func (n *state) has(name string) bool {
	if n == nil || n.refusal != nil {
		return false
	}
	_, err := n.registry.Tool(name)
	return err == nil
}

// caller returns the caller of a request: the agent, on behalf of the person that
// its token names.
func (n *state) caller(r mcp.Request) caller.Caller {
	o := n.options
	c := caller.Caller{Door: "mcp", Actor: cmp.Or(o.Agent, "agent"), For: o.For, Token: o.Token, Role: o.Role, AuditAll: o.AuditAll}
	if extra := r.GetExtra(); extra != nil {
		c.For = cmp.Or(bearerOf(extra.TokenInfo).For, c.For)
	}
	return c
}
