package mcpserver

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// handler makes the calls of a tool. What goes wrong is an answer with IsError,
// so that the agent can read it and do better; see
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling
func (s *Server) handler(t *tool.Tool) mcp.ToolHandler {
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if extra := req.GetExtra(); extra != nil {
			// In older protocol versions the end of the request does not end its calls.
			lasting, end := bearerOf(extra.TokenInfo).Context(ctx)
			defer end()
			ctx = lasting
		}
		now := s.now.Load()
		if state := req.Params.RequestState; state != "" && !s.consent.Asked(state) {
			_ = now.refuse(ctx, req, t.Name, nil, fault.New(fault.Refused, "%v", errState))
			return nil, invalidParams(errState)
		}
		input, own, err := splitOwn(req.Params.Arguments)
		if err == nil && len(own.Reveal) > 0 && !now.options.ShowSecrets {
			err = errReveal()
		}
		if err != nil {
			return failed(now.refuse(ctx, req, t.Name, input, err), s.scrub), nil
		}
		input = t.Normal(input)
		asking := s.asking(req, now.caller(req), t.Name, input, own.Code, now.options)
		request := tool.Request{
			Tool: t.Name, Input: input, Caller: now.caller(req), Files: now.options.Files, Confirm: asking, Progress: progress(ctx, req, s.scrub, now.options.Clock),
		}
		running := &runningCall{began: now, request: request, asking: asking, reveals: len(own.Reveal) > 0}
		ctx, done := s.begin(ctx, req, running)
		defer done()
		result, err := s.call(ctx, now, running.request)
		question := asking.open(err)
		setPending(ctx, question != nil)
		if question != nil {
			return question, nil
		}
		asking.publish(now.options.Terminal, err)
		log(ctx, req, t, result, err, s.scrub)
		return answer(t, result, err, s.scrub.revealing(own.Reveal), req.ClientInfo()), nil
	}
}

// errState is the protocol's error for a state that this server did not sign, or that
// the client changed.
var errState = errors.New("requestState is not as this server gave it; call without it")

// call makes a call through the breaker of its tool and connection.
func (s *Server) call(ctx context.Context, now *state, r tool.Request) (*tool.Result, error) {
	connection := connectionIn(r.Input)
	if err := s.breakers.Admit(ctx, r.Tool, connection); err != nil {
		return nil, now.registry.Refuse(ctx, r, err)
	}
	result, err := now.registry.Call(ctx, r)
	s.breakers.Heard(context.WithoutCancel(ctx), r.Tool, connection, err)
	return result, err
}

// answer returns a result in the protocol's form: as structured content and as text.
// Both have the marks around the data, and the remarks, since some clients show their
// model only one of the two.
func answer(t *tool.Tool, r *tool.Result, err error, scrub scrubber, client *mcp.Implementation) *mcp.CallToolResult {
	if r == nil {
		return failed(err, scrub)
	}
	data, note := scrub.clean(r.JSON, t.Secrets...)
	remarks, around := remarksOn(r, err, note, scrub.revealing(nil)), newMarks()
	text := readable(data)
	if seesStructure(client) {
		text = "(in the structured content)"
	}
	out := &mcp.CallToolResult{
		StructuredContent: around.structure(data, remarks), Content: []mcp.Content{&mcp.TextContent{Text: around.text(text)}},
	}
	for _, text := range remarks {
		out.Content = append(out.Content, &mcp.TextContent{Text: text})
	}
	if f := fault.From(err); f != nil && f.Kind != fault.Partial {
		out.IsError = true
	}
	out.SetMeta(mcp.Meta{"hawser/call": r.ID})
	return out
}

// remarksOn returns the remarks on a result, in addition to its data.
func remarksOn(r *tool.Result, err error, note string, scrub scrubber) []string {
	remarks := slices.Clone(r.Notes)
	if note != "" {
		remarks = append(remarks, note)
	}
	if r.Cut != "" {
		remarks = append(remarks, "cut: "+r.Cut)
	}
	for _, f := range r.Failures {
		remarks = append(remarks, "not read: "+f.Account+" "+f.Region+": "+f.Error.Error())
	}
	if f := fault.From(err); f != nil && f.Kind != fault.Partial {
		remarks = append(remarks, describe(f))
	}
	for i, text := range remarks {
		remarks[i] = scrub.text(text)
	}
	return remarks
}

// failed returns the answer of a call without a result. The fault is in the metadata,
// too, because structured content must match the tool's output schema.
func failed(err error, scrub scrubber) *mcp.CallToolResult {
	scrub = scrub.revealing(nil)
	f := fault.From(err)
	out := &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: scrub.text(describe(f))}}}
	if raw, err := json.Marshal(f); err == nil {
		clean, _ := scrub.clean(raw)
		out.SetMeta(mcp.Meta{errorField: clean})
	}
	return out
}

// describe writes a fault for a reader: message, cause and fix.
func describe(f *fault.Error) string {
	text := string(f.Kind) + ": " + f.Error()
	if f.Fix != "" {
		text += "\nfix: " + f.Fix
	}
	if f.Statement != "" {
		text += "\nstatement that would allow it: " + f.Statement
	}
	if f.EncodedMessage != "" {
		text += "\nencoded authorization message: " + f.EncodedMessage
	}
	return text
}

// progressPause is the least time between two progress notifications.
const progressPause = 100 * time.Millisecond

// progress tells the client how far a call has come, where it asked to be told.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/progress
func progress(ctx context.Context, req *mcp.CallToolRequest, scrub scrubber, clock func() time.Time) func(tool.Progress) {
	token := req.Params.GetProgressToken()
	if token == nil {
		return nil
	}
	var (
		mu   sync.Mutex
		last time.Time
		most int64
	)
	return func(p tool.Progress) {
		mu.Lock()
		defer mu.Unlock()
		now := clock()
		done := p.Total > 0 && p.Done >= p.Total
		if p.Done <= most || (!done && now.Sub(last) < progressPause) {
			return // the protocol wants it to increase each time
		}
		last, most = now, p.Done
		_ = req.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{
			ProgressToken: token, Progress: float64(p.Done), Total: float64(p.Total), Message: scrub.text(p.Subject + " (" + p.Unit + ")"),
		}) // ctx reports a client that went away
	}
}

// log sends the client a log message about the call if it asked for messages of that level.
func log(ctx context.Context, req *mcp.CallToolRequest, t *tool.Tool, r *tool.Result, err error, scrub scrubber) {
	entry := map[string]any{"tool": t.Name, "outcome": "ok"}
	level := "info"
	if r != nil {
		entry["call"] = r.ID
		entry["effect"] = r.Effect
	}
	if f := fault.From(err); f != nil {
		level = "warning"
		entry["outcome"], entry["message"] = f.Kind, scrub.text(f.Message)
	}
	if errors.Is(err, fault.Canceled) {
		return // no client listens
	}
	//nolint:staticcheck // deprecated since 2026-07-28, but known to clients of all versions
	_ = req.Session.Log(ctx, &mcp.LoggingMessageParams{Logger: "hawser", Level: mcp.LoggingLevel(level), Data: entry})
}
