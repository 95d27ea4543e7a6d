package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// Answer is the answer to a call that succeeded, entirely or in part.
type Answer struct {
	// Call names the call in the audit log.
	Call   string          `json:"call"`
	Effect tool.Effect     `json:"effect"`
	Output json.RawMessage `json:"output"`
	Cut    string          `json:"cut,omitempty"`
	Notes  []string        `json:"notes,omitempty"`
	// Failures are the accounts, regions and single resources that could not be read.
	Failures []tool.Failure `json:"failures,omitempty"`
	// Problem says what is missing if the call succeeded in part.
	Problem *Problem `json:"problem,omitempty"`
}

// Unconfirmed describes the effect of a call that has to be confirmed. Its name
// in answers is plan.
type Unconfirmed struct {
	Tool       string      `json:"tool"`
	Effect     tool.Effect `json:"effect"`
	Subject    string      `json:"subject"`
	Question   string      `json:"question"`
	Connection string      `json:"connection,omitempty"`
	Account    string      `json:"account,omitempty"`
	Region     string      `json:"region,omitempty"`
}

// confirmHeader is the header that confirms a call.
const confirmHeader = "Hawser-Confirm"

// Consent keeps the questions to people until they are answered. All processes
// that serve the same callers must share it. tool.Consent implements it for one
// process.
type Consent interface {
	// Ask returns the text that identifies a question about a call.
	Ask(ctx context.Context, call string) (string, error)
	// Take uses up a text that Ask returned. The error is of kind Unconfirmed if
	// the yes is not valid, and Conflict if the question is another one by now.
	Take(ctx context.Context, call, text string) error
}

// confirmation is the tool.Confirmer of one call.
type confirmation struct {
	consent  Consent
	call     string // digest of caller, tool and input
	given    string
	question *tool.Question // nil unless somebody has to be asked
	asked    string         // identifies the question
}

// Confirm implements tool.Confirmer. The request says yes with the text that
// identifies the question.
func (c *confirmation) Confirm(ctx context.Context, q tool.Question) (bool, error) {
	if c.consent == nil {
		return false, fault.New(fault.Unconfirmed, "this call needs confirmation, and this server cannot ask for it: %s", q.Text)
	}
	if c.given != "" {
		return true, c.consent.Take(ctx, q.Bind(c.call), c.given)
	}
	asked, err := c.consent.Ask(ctx, q.Bind(c.call))
	if err != nil {
		return false, err
	}
	c.question, c.asked = &q, asked
	return false, fault.New(fault.Unconfirmed, "this call needs confirmation: %s", q.Text).
		WithFix("send the same call again with the header %s: the value of confirm", confirmHeader)
}

// problem returns the problem for the call's error. If the call has to be
// confirmed, it describes the effect.
func (c *confirmation) problem(err error) Problem {
	f := fault.From(err)
	p := problemOf(f.Kind.HTTPStatus(), f)
	if q := c.question; q != nil && errors.Is(err, fault.Unconfirmed) {
		p.Unconfirmed = &Unconfirmed{
			Tool: q.Tool, Effect: q.Effect, Subject: q.Subject, Question: q.Text,
			Connection: q.Target.Connection, Account: q.Target.Account, Region: q.Target.Region,
		}
		p.Confirm = c.asked
	}
	return p
}

// callTool calls a tool: POST /api/v1/tools/{name}. Requests that are refused
// before the registry are recorded too.
func (s *Server) callTool(w http.ResponseWriter, r *http.Request, b bearer) error {
	c := &call{server: s, bearer: b, id: strings.ToLower(rand.Text()[:16])}
	response, err := s.answer(w, r, c)
	if err != nil {
		request := tool.Request{Tool: r.PathValue("name"), ID: c.id, Input: c.input, Caller: b.caller}
		recorded := b.registry.Refuse(context.WithoutCancel(r.Context()), request, err)
		if fault.From(recorded).Kind != fault.From(err).Kind {
			return recorded // it could not be recorded
		}
		return err
	}
	c.out.finish(response)
	return nil
}

// answer reads the call and makes it, or finds the answer of an earlier one with
// the same key.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *call) (response, error) {
	var err error
	if c.tool, err = c.bearer.registry.Tool(r.PathValue("name")); err != nil {
		return response{}, err
	}
	if c.input, err = readInput(r); err != nil {
		return response{}, err
	}
	c.input = c.tool.Normal(c.input)
	key, err := repeatKey(r)
	if err != nil {
		return response{}, err
	}
	given, err := confirmOf(r)
	if err != nil {
		return response{}, err
	}
	digest := tool.CallDigest(c.bearer.ID, c.tool.Name, c.input)
	c.confirm = &confirmation{consent: s.options.Consent, call: digest, given: given}
	c.out = newAnswerStream(w, accepted(r))
	if key == "" || c.tool.Effect == tool.Read {
		return c.run(r.Context()), nil
	}
	return s.repeats.once(r.Context(), callKey{c.bearer.ID, key}, digest, c.id, func() response {
		// The call continues if the client goes away, so that a repeated request
		// gets the outcome. It ends with its token.
		ctx, cancel := c.bearer.Context(context.WithoutCancel(r.Context()))
		defer cancel()
		c.out.loose = true
		return c.run(ctx)
	})
}

// repeatKey returns the request's Idempotency-Key, or "".
func repeatKey(r *http.Request) (string, error) {
	keys := r.Header.Values(idempotency.Header)
	if len(keys) == 0 {
		return "", nil
	}
	if len(keys) > 1 || keys[0] == "" || len(keys[0]) > longestKey {
		return "", fault.New(fault.Invalid, "%s must be a single value of 1 to %d bytes", idempotency.Header, longestKey).At(idempotency.Header).WithFix("send a UUID")
	}
	return keys[0], nil
}

// confirmOf returns the request's Hawser-Confirm, or "".
func confirmOf(r *http.Request) (string, error) {
	given := r.Header.Values(confirmHeader)
	if len(given) == 0 {
		return "", nil
	}
	if len(given) > 1 || given[0] == "" {
		return "", fault.New(fault.Invalid, "%s must be a single value that is not empty", confirmHeader).At(confirmHeader).
			WithFix("leave it out, or send the value of confirm in the problem of the kind unconfirmed")
	}
	return given[0], nil
}

// call is a call in progress.
type call struct {
	server  *Server
	bearer  bearer
	id      string // in the audit log
	tool    *tool.Tool
	input   json.RawMessage
	confirm *confirmation
	out     *answerStream
}

// response is the outcome of a call.
type response struct {
	status  int
	answer  *Answer
	problem *Problem
	stage   idempotency.Stage // how the call ended
}

// size returns about how many bytes of memory the response takes.
func (r response) size() int {
	const rest = 1 << 10
	n := rest
	a := r.answer
	if r.problem != nil {
		a = r.problem.Answer
	}
	if a != nil {
		n += len(a.Output) + rest*len(a.Failures)
		for _, note := range a.Notes {
			n += len(note)
		}
	}
	return n
}

func (r response) send(w http.ResponseWriter) {
	if r.problem != nil {
		send(w, r.status, "application/problem+json", r.problem)
		return
	}
	writeJSON(w, r.status, r.answer)
}

// run makes the call.
func (c *call) run(ctx context.Context) response {
	begun := c.server.options.Clock()
	ctx, span := c.server.options.Tracer.Start(ctx, c.tool.Name, trace.WithAttributes(
		attribute.String("hawser.effect", string(c.tool.Effect)), attribute.String("hawser.caller", c.bearer.caller.Actor)))
	defer span.End()
	result, err := c.bearer.registry.Call(ctx, tool.Request{
		Tool: c.tool.Name, ID: c.id, Input: c.input, Caller: c.bearer.caller, Files: c.server.options.Files,
		Confirm: c.confirm, Progress: c.out.progress(), Emit: c.out.emit(),
	})
	if f := fault.From(err); f != nil {
		span.SetStatus(codes.Error, string(f.Kind))
	}
	c.server.metrics.called(c.tool.Name, err, c.server.options.Clock().Sub(begun))
	if result == nil {
		return c.failed(err)
	}
	return c.made(result, fault.From(err))
}

// failed returns the response to a call without a result.
func (c *call) failed(err error) response {
	p := c.confirm.problem(err)
	p.Call = c.id
	stage := stageOf(p.Error)
	if stage != idempotency.NotMade && c.tool.Effect != tool.Read {
		p.Outcome = string(stage)
	}
	return response{status: p.Status, problem: &p, stage: stage}
}

// made returns the response to a call with a result. A failure that the output reports
// is the response's own, with the answer as a part of it, unless it is only partial.
func (c *call) made(result *tool.Result, f *fault.Error) response {
	a := &Answer{Call: result.ID, Effect: result.Effect, Output: result.JSON, Cut: result.Cut, Notes: result.Notes, Failures: result.Failures}
	stage := stageOfResult(result, f)
	if f == nil {
		return response{status: http.StatusOK, answer: a, stage: stage}
	}
	p := problemOf(f.Kind.HTTPStatus(), f)
	if p.Call = c.id; stage != idempotency.NotMade && result.Effect != tool.Read {
		p.Outcome = string(stage)
	}
	if f.Kind == fault.Partial {
		a.Problem = &p
		return response{status: p.Status, answer: a, stage: stage}
	}
	p.Answer = a
	return response{status: p.Status, problem: &p, stage: stage}
}

// readInput takes a request's body as a tool's input; an empty body counts as {}.
func readInput(r *http.Request) (json.RawMessage, error) {
	var large *http.MaxBytesError
	var body []byte
	var err error
	if r.ContentLength > maxBody {
		err = &http.MaxBytesError{Limit: maxBody}
	} else {
		body, err = io.ReadAll(r.Body)
	}
	switch {
	case errors.As(err, &large):
		return nil, auth.WithStatus(http.StatusRequestEntityTooLarge, fault.New(fault.Invalid, "the body is larger than %d bytes", large.Limit).
			WithFix("send files with from_file, or in smaller parts"))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, auth.WithStatus(http.StatusRequestTimeout, fault.New(fault.Invalid, "the body arrived too slowly").WithFix("send it without pauses"))
	case err != nil:
		return nil, fault.Wrap(err, fault.Canceled, "the body ended early")
	case len(text.TrimJSON(body)) == 0:
		return json.RawMessage("{}"), nil
	}
	return body, nil
}
