package mcpserver

import (
	"context"
	"crypto/rand"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// running are the calls that a server makes at the time, and the sessions that
// are being ended. It is safe for concurrent use.
type running struct {
	mu     sync.Mutex
	calls  map[*runningCall]struct{}
	ending map[sessionKey]struct{}
	// waiting are the HTTP requests that wait for their answers.
	waiting map[string]*waiting
}

// sessionKey names a session together with the bearer who speaks in it, so that
// one bearer cannot end what another one does.
type sessionKey struct{ session, bearer string }

// runningCall is one call that runs.
type runningCall struct {
	began   *state // the server's state when the call began
	request tool.Request
	asking  *asking // asks a person about it; nil if nobody can be asked
	reveals bool    // it was given secrets
	key     sessionKey
	end     context.CancelCauseFunc

	mu     sync.Mutex
	effect tool.Effect // of the tool's work; empty before the tool begins
}

func newRunning() *running {
	return &running{calls: map[*runningCall]struct{}{}, ending: map[sessionKey]struct{}{}, waiting: map[string]*waiting{}}
}

// begin adds a call to those that run. The context that it returns ends when the call
// must stop, because an update removed its permission or its session ended; the cause
// is then a *fault.Error. The returned function must be called when the call ends.
func (s *Server) begin(ctx context.Context, req mcp.Request, c *runningCall) (context.Context, func()) {
	ctx, c.end = context.WithCancelCause(ctx)
	c.key = keyOfSession(req)
	waiting := s.running.waitingOf(req)
	c.request.Began = func(effect tool.Effect) {
		c.mu.Lock()
		c.effect = effect
		c.mu.Unlock()
		if waiting != nil {
			if why := waiting.begin(effect); why != nil {
				c.end(why)
			}
		}
		if latest := s.now.Load(); latest != c.began {
			c.review(ctx, latest)
		}
	}
	s.running.mu.Lock()
	s.running.calls[c] = struct{}{}
	latest := s.now.Load()
	_, ending := s.running.ending[c.key]
	s.running.mu.Unlock()
	switch {
	case ending:
		c.end(errSessionEnded())
	case latest != c.began: // an update happened in between
		c.review(ctx, latest)
	}
	return ctx, func() {
		s.running.mu.Lock()
		delete(s.running.calls, c)
		s.running.mu.Unlock()
		c.end(nil)
	}
}

// replace makes next the server's state and ends the calls that may not go on in
// it.
func (s *Server) replace(next *state) (before *state) {
	s.running.mu.Lock()
	before = s.now.Swap(next)
	calls := slices.Collect(maps.Keys(s.running.calls))
	s.running.mu.Unlock()
	for _, c := range calls {
		c.review(context.Background(), next)
	}
	return before
}

// endCalls ends the calls that run in a session, and those that begin in it until the
// returned function is called.
func (r *running) endCalls(key sessionKey) (done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ending[key] = struct{}{}
	for c := range r.calls {
		if c.key == key {
			c.end(errSessionEnded())
		}
	}
	for _, w := range r.waiting {
		if w.key == key {
			w.lose(errSessionEnded())
		}
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.ending, key)
	}
}

// wait adds a request that waits for its answer. The returned function removes it.
func (r *running) wait(w *waiting) (id string, done func()) {
	id = rand.Text()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[id] = w
	return id, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiting, id)
	}
}

// waitingOf is the request over HTTP that waits for a call's answer; nil for none.
func (r *running) waitingOf(req mcp.Request) *waiting {
	extra := req.GetExtra()
	if extra == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting[extra.Header.Get(waitingHeader)]
}

// isEnding reports whether a session is being ended by its bearer.
func (r *running) isEnding(key sessionKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.ending[key]
	return ok
}

func errSessionEnded() *fault.Error {
	return fault.New(fault.Canceled, "the client ended the session while the call ran")
}

// review ends the call if a state does not allow it.
func (c *runningCall) review(ctx context.Context, next *state) {
	why := c.against(ctx, next)
	if why == nil {
		return
	}
	ended := fault.New(fault.Canceled, "Hawser's configuration changed while the call ran, and the call is no longer allowed").
		WithCause("%s", why.Error())
	if why.Fix != "" {
		ended = ended.WithFix("%s", why.Fix)
	}
	c.end(ended)
}

// against returns the reason why a running call could not begin in a state; nil if it
// could, without a question that it was not asked.
func (c *runningCall) against(ctx context.Context, next *state) *fault.Error {
	if next.refusal != nil {
		return next.refusal
	}
	request := c.request
	request.Caller.Role, request.Files = next.options.Role, next.options.Files
	effect, err := next.registry.Admit(ctx, request)
	switch {
	case err != nil:
		return fault.From(err)
	case !reflect.DeepEqual(c.began.options.Reach, next.options.Reach):
		return fault.New(fault.Refused, "the connections, accounts or files that the agent may use have changed").WithFix("call again")
	case c.reveals && !next.options.ShowSecrets:
		return fault.From(errReveal())
	case c.began.options.AuditAll && !next.options.AuditAll:
		return fault.New(fault.Refused, "the agent may see only its own calls").WithFix("call again")
	case c.unasked(next, effect):
		return fault.New(fault.Unconfirmed, "%s needs a person's confirmation now", request.Tool).WithFix("call again, and a person is asked")
	}
	return nil
}

// unasked reports whether the next state requires a confirmation that the call did not
// get. effect is the greatest effect of the call; once its tool has begun, the effect
// that was determined by then applies instead.
func (c *runningCall) unasked(next *state, effect tool.Effect) bool {
	c.mu.Lock()
	found := c.effect
	c.mu.Unlock()
	name := c.request.Tool
	if found == "" {
		return next.asks(name, effect) && !c.began.asks(name, effect)
	}
	saidYes := c.asking != nil && c.asking.yes.Load()
	return !saidYes && next.asks(name, found)
}

// asks reports whether a person is asked about calls of a tool that have an effect.
func (n *state) asks(name string, effect tool.Effect) bool {
	return n.registry.Confirms(effect) && !n.options.approves(name)
}

// keyOfSession returns the session of a request and its bearer.
func keyOfSession(req mcp.Request) (key sessionKey) {
	if session := req.GetSession(); session != nil {
		key.session = session.ID()
	}
	if extra := req.GetExtra(); extra != nil {
		key.bearer = bearerOf(extra.TokenInfo).ID
	}
	return key
}
