package tool

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// Recorder keeps the audit log. It is audit.File in the program.
type Recorder interface {
	// Append stores a record and returns it as stored.
	Append(ctx context.Context, r audit.Record) (audit.Record, error)
}

// invocation is one call of Registry.Call, from its request to its result.
type invocation struct {
	registry *Registry
	request  Request
	started  time.Time

	tool     *Tool
	in       any
	effect   Effect
	target   Target
	resolved Target          // target with what it leaves open, as far as that was found out
	redacted json.RawMessage // the input as it may be recorded and shown
	reach    *audit.Reach
	id       string
	expected any  // what the preview expects to be met
	began    bool // the tool's function was called
}

// run passes the request through every gate and runs the tool.
func (c *invocation) run(ctx context.Context) (result *Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, c.panicked(ctx, v)
		}
	}()
	refusal := c.admit(ctx)
	if refusal == nil {
		c.resolve(ctx)
	}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	if err := c.confirm(ctx); err != nil {
		return nil, err
	}
	out, err := c.registry.invoke(ctx, c)
	if err != nil {
		return nil, err
	}
	return c.result(out)
}

// admit looks the tool up, decodes its input and asks the gates, the guard
// first.
func (c *invocation) admit(ctx context.Context) (err error) {
	if c.tool, err = c.registry.Tool(c.request.Tool); err != nil {
		return err
	}
	c.effect = c.tool.Effect
	if err := c.decode(); err != nil {
		return err
	}
	attempt := Attempt{
		Tool: c.tool, Input: c.in, Effect: c.effect, Target: c.target, Caller: c.request.Caller,
		Files: c.tool.filesOf(c.in), Granted: c.request.Files,
	}
	if err := cmp.Or(c.registry.guard.Admit(ctx, attempt), c.permitsStdio()); err != nil {
		return err
	}
	for _, gate := range c.registry.gates {
		if err := gate.Admit(ctx, attempt); err != nil {
			return err
		}
	}
	return nil
}

// decode checks the input and sets the call's effect and target.
func (c *invocation) decode() error {
	in, given, err := c.tool.decode(c.request.Input)
	if err != nil {
		return err
	}
	c.in, c.request.Input = in, given
	if e, ok := c.in.(Effector); ok {
		if less := e.Effect(); !less.Exceeds(c.tool.Effect) {
			c.effect = less
		}
	}
	c.target = targetOf(c.in)
	c.resolved = c.target
	return nil
}

// resolve completes the target of a call of AWS, so that the record before the call and
// the question to a person name it. It takes no longer than the call may.
func (c *invocation) resolve(ctx context.Context) {
	if len(c.tool.Needs) == 0 {
		return
	}
	if limit := c.registry.guard.limit(c.tool, c.in, c.request.Emit != nil); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	c.resolved = c.registry.resolve(ctx, c.target)
}

// confirm asks a person if the guard requires it. It takes the preview first, since the
// preview may lower the effect so far that nobody has to be asked.
func (c *invocation) confirm(ctx context.Context) error {
	if !c.registry.guard.mustConfirm(c.effect) || c.approved() {
		return nil
	}
	preview := c.preview(ctx)
	c.expected = preview.Expected
	if err := cmp.Or(preview.Err, ctx.Err()); err != nil {
		return err
	}
	if !c.registry.guard.mustConfirm(c.effect) {
		return nil
	}
	target := c.resolved
	target.Region = cmp.Or(preview.Region, target.Region)
	q := c.question(preview, target)
	if c.request.Confirm == nil {
		return unconfirmed(q).WithFix("confirm it: --yes on the command line")
	}
	yes, err := c.request.Confirm.Confirm(ctx, q)
	switch {
	case err != nil:
		return err
	case !yes:
		return unconfirmed(q).WithCause("the answer was no")
	}
	return nil
}

// approved reports whether a person approved the tool in advance.
func (c *invocation) approved() bool {
	b, ok := c.request.Confirm.(Beforehand)
	return ok && b.Given(c.tool.Name)
}

func unconfirmed(q Question) *fault.Error {
	return fault.New(fault.Unconfirmed, "this call needs confirmation: %s", q.Text)
}

// result encodes the output, and returns the output's own verdict as the error.
func (c *invocation) result(out any) (*Result, error) {
	result := &Result{Effect: c.effect, ID: c.id}
	if v, ok := out.(Changer); ok {
		result.Unchanged = !v.Changed()
	}
	var err error
	if out, result.JSON, result.Cut, err = c.registry.encode(out); err != nil {
		return nil, result.Unanswered(err)
	}
	result.Output, result.Nothing = out, c.nothing(out)
	if r, ok := out.(Remarker); ok {
		result.Notes = r.Remarks()
	}
	if p, ok := out.(Incomplete); ok {
		result.Failures = p.Partial()
	}
	if v, ok := out.(Verdicter); ok {
		return result, v.Verdict()
	}
	return result, nil
}

// open writes the record before the call. A call that cannot be recorded does
// not happen.
func (c *invocation) open(ctx context.Context) error {
	rec := c.record(audit.Before)
	rec.ID = c.request.ID
	stored, err := c.append(ctx, rec)
	c.id = stored.ID
	return err
}

// close writes the record after the call; err is the call's. If the log cannot be
// written, the error says that the call was made, or err is extended by the fact that
// its outcome is not in the log.
func (c *invocation) close(ctx context.Context, err error) error {
	if c.id == "" {
		return err // nothing began
	}
	rec := c.record(audit.After)
	rec.ID, rec.Outcome, rec.Reached = c.id, outcome(err), c.reach.Accounts()
	rec.DurationMS = c.registry.clock().Sub(c.started).Milliseconds()
	if f := fault.From(err); f != nil {
		rec.Error = &audit.Failure{Kind: f.Kind, Message: c.recordedMessage(f), OutcomeUnknown: f.OutcomeUnknown}
	}
	if _, logErr := c.registry.log.Append(context.WithoutCancel(ctx), rec); logErr != nil {
		return unrecorded(err, logErr)
	}
	return err
}

// unrecorded returns the fault of a call whose outcome could not be recorded. err is
// the call's own error, or nil.
func unrecorded(err, logErr error) error {
	if f := fault.From(err); f != nil {
		told := *f
		told.Err = errors.Join(f, logErr)
		told.Cause = strings.TrimPrefix(told.Cause+"; its outcome could not be recorded in the audit log", "; ")
		return &told
	}
	return fault.Wrap(logErr, fault.Internal, "the call was made, but its outcome could not be recorded in the audit log").
		WithCause("%v", logErr).WithFix("do not repeat the call; free space or correct the mode of the audit file, because no further call is made without it")
}

// faultOf returns err as the *fault.Error of this call.
func (c *invocation) faultOf(err error) error {
	if err == nil {
		return nil
	}
	f := *fault.Complete(fault.From(err))
	if f.Op == "" {
		f.Op = c.request.Tool
	}
	return &f
}

func (c *invocation) append(ctx context.Context, rec audit.Record) (audit.Record, error) {
	stored, err := c.registry.log.Append(ctx, rec)
	switch {
	case err == nil:
		return stored, nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()): // whoever asked went away while the log was waited for
		return audit.Record{}, fault.From(err)
	case errors.Is(err, fault.Unavailable):
		held := fault.From(err)
		return audit.Record{}, fault.Wrap(err, fault.Unavailable, "the audit record cannot be written").WithCause("%s", held.Message).WithFix("%s", held.Fix)
	default:
		return audit.Record{}, fault.Wrap(err, fault.Internal, "the audit record cannot be written").
			WithCause("%v", err).WithFix("free space or correct the mode of the audit file; calls that cannot be recorded are not made")
	}
}

// record returns the fields that both records of the call have in common.
func (c *invocation) record(phase audit.Phase) audit.Record {
	rec := audit.Record{
		Time: c.registry.clock(), Phase: phase, Tool: c.request.Tool, Effect: string(c.effect),
		Door: c.request.Caller.Door, Actor: c.request.Caller.Actor, OnBehalfOf: c.request.Caller.For, Token: c.request.Caller.Token,
		Connection: c.resolved.Connection, Account: c.resolved.Account, Region: c.resolved.Region,
	}
	if c.in != nil {
		rec.Input = c.recorded()
		rec.Durable = phase == audit.Before && c.effect.Exceeds(Read)
	}
	return rec
}

// recorded returns the input without the values that the log must not hold.
func (c *invocation) recorded() json.RawMessage {
	if c.redacted == nil {
		c.redacted = redact(c.tool.fields, c.in, c.request.Input, c.registry.key)
	}
	return c.redacted
}

func (c *invocation) subject() string {
	if s, ok := c.in.(Subjecter); ok {
		return s.Subject()
	}
	return string(c.recorded())
}

// outcome returns the audit log's word for an error. A call that was carried out is OK,
// also if its answer could not be given.
func outcome(err error) audit.Outcome {
	f := fault.From(err)
	switch {
	case f == nil, f.Made:
		return audit.OK
	case f.Kind == fault.Refused || f.Kind == fault.Unconfirmed:
		return audit.Refused
	case f.Kind == fault.Canceled:
		return audit.Canceled
	case f.Kind == fault.Partial:
		return audit.Partial
	default:
		return audit.Failed
	}
}
