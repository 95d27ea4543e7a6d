package tool

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
)

// Registry holds the tools and is the only way to call one.
type Registry struct {
	tools   map[string]*Tool
	guard   Guard
	gates   []Gate
	log     Recorder
	key     audit.Key
	logger  *slog.Logger
	resolve func(context.Context, Target) Target
	enter   func() (leave func(), err error)
	clock   func() time.Time
}

// Options are what a registry needs besides its tools.
type Options struct {
	Guard Guard
	// Gates are asked about every call, after the guard.
	Gates []Gate
	// Log receives a record before and after every call.
	Log Recorder
	// Key makes the digests that replace values which records must not hold. Without it
	// records hold only the sizes of those values.
	Key audit.Key
	// Logger receives panics; nil discards them.
	Logger *slog.Logger
	// Resolve fills in the missing parts of a target, so that a person who is asked to
	// confirm sees where the call goes. Nil fills in nothing.
	Resolve func(context.Context, Target) Target
	// Enter is called when a call or a refusal begins. The function that it returns is
	// called at the end. Until then the resources of the tools and the log stay open.
	// If it returns an error, the call fails with it and is not recorded. Nil always
	// succeeds.
	Enter func() (leave func(), err error)
	// Clock returns the time; nil is time.Now.
	Clock func() time.Time
}

// NewRegistry makes a registry. The error is of kind Invalid: the guard is wrong, two
// tools have one name, or a Plan is missing.
func NewRegistry(tools []*Tool, o Options) (*Registry, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Resolve == nil {
		o.Resolve = func(_ context.Context, t Target) Target { return t }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Enter == nil {
		o.Enter = func() (func(), error) { return func() {}, nil }
	}
	r := &Registry{
		tools: map[string]*Tool{}, guard: o.Guard, gates: o.Gates,
		log: o.Log, key: o.Key, logger: o.Logger, resolve: o.Resolve, enter: o.Enter, clock: o.Clock,
	}
	for _, t := range tools {
		if _, twice := r.tools[t.Name]; twice {
			return nil, fault.New(fault.Invalid, "two tools are named %s", t.Name)
		}
		r.tools[t.Name] = t
	}
	for _, t := range tools {
		if t.Plan != "" && r.tools[t.Plan] == nil {
			return nil, fault.New(fault.Invalid, "there is no tool %s, which is the plan of %s", t.Plan, t.Name)
		}
	}
	return r, r.check(o.Guard)
}

// check checks a guard against the registry's tools.
func (r *Registry) check(g Guard) error {
	if err := g.Check(); err != nil {
		return err
	}
	return g.CheckTools(r.names())
}

// names returns the names of all tools, including those that the guard refuses.
func (r *Registry) names() []string { return slices.Sorted(maps.Keys(r.tools)) }

// CheckPatterns is the function CheckPatterns with the names of the registry's tools.
func (r *Registry) CheckPatterns(field string, patterns []string) error {
	return CheckPatterns(field, patterns, r.names())
}

// Under returns the same tools under a second guard. A call must pass both, so the
// result can only be stricter. The error is of kind Invalid.
func (r *Registry) Under(g Guard) (*Registry, error) {
	if err := r.check(g); err != nil {
		return nil, err
	}
	narrower := *r
	narrower.guard = g.under(r.guard)
	return &narrower, nil
}

// Tools lists the tools that the guard allows, sorted by name. In read-only mode it
// includes tools that write if some of their calls only read.
func (r *Registry) Tools() []*Tool { return r.ToolsFor(caller.Admin) }

// ToolsFor is Tools without the tools that a caller with the role can never call.
func (r *Registry) ToolsFor(role caller.Role) []*Tool {
	var admitted []*Tool
	for _, name := range r.names() {
		if t, err := r.ToolFor(name, caller.Caller{Role: role}); err == nil {
			admitted = append(admitted, t)
		}
	}
	return admitted
}

// ToolFor is Tool, but its error is Refused for a tool that the caller's role can never
// call.
func (r *Registry) ToolFor(name string, by caller.Caller) (*Tool, error) {
	t, err := r.Tool(name)
	if err != nil {
		return nil, err
	}
	least := t.Effect
	if t.varies {
		least = Read
	}
	return t, r.guard.permits(t, least, by)
}

// Permits reports whether read-only mode and the role allow t to have the effect.
func (r *Registry) Permits(t *Tool, effect Effect, role caller.Role) bool {
	return r.guard.permits(t, effect, caller.Caller{Role: role}) == nil
}

// Confirms reports whether a call of the effect needs a person's yes.
func (r *Registry) Confirms(effect Effect) bool { return r.guard.mustConfirm(effect) }

// Tool returns one tool. The error is NotFound, with the name that was probably meant,
// or Refused.
func (r *Registry) Tool(name string) (*Tool, error) {
	t, ok := r.tools[name]
	if !ok {
		err := fault.New(fault.NotFound, "there is no tool %q", name)
		if near := fault.Nearest(name, r.names()); near != "" {
			return nil, err.WithFix("did you mean %s?", near)
		}
		return nil, err.WithFix("hawser tools lists them")
	}
	return t, r.guard.admits(name)
}

// Call runs one request through decoding, the gates, the audit log, confirmation and
// the tool. The error is always a *fault.Error whose Op is the tool's name. A result
// and an error are both returned where the output itself reports that something is
// wrong; see Verdicter.
func (r *Registry) Call(ctx context.Context, req Request) (*Result, error) {
	c := &invocation{registry: r, request: req, started: r.clock()}
	leave, err := r.enter()
	if err != nil {
		return nil, c.faultOf(err)
	}
	defer leave()
	ctx, c.reach = audit.WithReach(ctx)
	result, err := c.run(ctx)
	result, err = c.withdrawn(ctx, result, err)
	return result, c.faultOf(c.close(ctx, c.unsent(err)))
}

// unsent marks the error of a call that could not reach AWS, and sent nothing that
// could change something.
func (c *invocation) unsent(err error) error {
	f := fault.From(err)
	if f == nil || f.OutcomeUnknown || c.reach.Wrote() || f.Kind != fault.Network && f.Kind != fault.Endpoint {
		return err
	}
	marked := *f
	marked.Unsent = true
	return &marked
}

// invoke runs the tool's function within its time limit.
func (r *Registry) invoke(ctx context.Context, c *invocation) (any, error) {
	within, cancel := r.bounded(c.withListing(ctx), c.tool, c.request, c.in)
	defer cancel()
	call := r.callOf(c.tool, c.request, c.in)
	call.ID, call.Expected = c.id, c.expected
	if c.request.Began != nil {
		c.request.Began(c.effect)
	}
	c.began = true
	out, err := c.tool.run(within, call, c.in)
	if ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		err = r.overtime(c, err)
	}
	if f := fault.From(err); f != nil && within.Err() != nil && (f.Kind == fault.Timeout || f.Kind == fault.Canceled) {
		err = c.leftOpen(f)
	}
	return out, err
}

// leftOpen returns the error of a call that was ended while it ran. A call that does
// more than read may have changed something, so its error becomes OutcomeUnknown,
// unless the error already says what happened.
func (c *invocation) leftOpen(f *fault.Error) error {
	if !c.began || !c.effect.Exceeds(Read) || f.OutcomeUnknown || f.OutcomeKnown {
		return f
	}
	return f.WithOutcomeUnknown()
}

// bounded returns ctx with the time limit of a call.
func (r *Registry) bounded(ctx context.Context, t *Tool, req Request, in any) (context.Context, context.CancelFunc) {
	if limit := r.guard.limit(t, in, req.Emit != nil); limit > 0 {
		return context.WithTimeout(ctx, limit)
	}
	return ctx, func() {}
}

// callOf returns the Call that a tool's function gets for a request. It has files only
// if the input says that the call uses some.
func (r *Registry) callOf(t *Tool, req Request, in any) *Call {
	call := &Call{
		Caller: req.Caller, Following: req.Emit != nil,
		clock: r.clock, progress: req.Progress, emit: req.Emit,
	}
	if t.filesOf(in).Any() {
		call.Files = req.Files
	}
	if t.dashField(in) != "" {
		call.Stdio = req.Stdio
	}
	return call
}

// encode returns the output's JSON, cut to the output cap.
func (r *Registry) encode(out any) (any, json.RawMessage, string, error) {
	raw, err := json.Marshal(out)
	if err != nil {
		return nil, nil, "", fault.Wrap(err, fault.Internal, "the answer cannot be written as JSON")
	}
	limit, origin := r.guard.outputCap()
	if limit == 0 || len(raw) <= limit {
		return out, raw, "", nil
	}
	return cut(out, raw, limit, origin)
}
