package mcpserver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// Consent keeps the questions that are asked through the client until they are
// answered. All processes that serve the same agent must share it. tool.Consent
// implements it for one process.
type Consent interface {
	// Ask returns the text that identifies a question about a call.
	Ask(ctx context.Context, call string) (string, error)
	// Asked reports whether a text was returned by Ask.
	Asked(text string) bool
	// Take uses up a text that Ask returned. The error is of kind Unconfirmed if
	// the yes is not valid, and Conflict if the question is another one by now.
	Take(ctx context.Context, call, text string) error
}

// asking is the tool.Confirmer of one call.
type asking struct {
	server   *Server
	options  Options
	request  *mcp.CallToolRequest
	call     string // digest of tool and input
	bound    string // digest of the call and of the question that the person was shown
	code     string // sent by the client
	question *tool.Question
	asked    string      // identifies a question that is asked through the client
	fresh    string      // a code made for this call, to be shown to a person
	yes      atomic.Bool // a person said yes to this call
}

// asking begins the call of a tool by a caller. A yes to one caller does not
// count for another one of the same agent.
func (s *Server) asking(req *mcp.CallToolRequest, caller caller.Caller, name string, input json.RawMessage, code string, o Options) *asking {
	return &asking{server: s, options: o, request: req, code: code, call: tool.CallDigest(caller.Actor+"\x00"+caller.For, name, input)}
}

// Given implements tool.Beforehand.
func (a *asking) Given(name string) bool { return a.options.approves(name) }

// Confirm implements tool.Confirmer. It says yes only if a person did.
func (a *asking) Confirm(ctx context.Context, q tool.Question) (bool, error) {
	yes, err := a.confirm(ctx, q)
	a.yes.Store(yes && err == nil)
	return yes, err
}

func (a *asking) confirm(ctx context.Context, q tool.Question) (yes bool, err error) {
	a.bound = q.Bind(a.call)
	if a.code != "" {
		err := a.server.codes.Redeem(ctx, a.bound, a.code)
		return err == nil, err
	}
	if a.request.Params.RequestState != "" {
		return a.heard(ctx)
	}
	a.question = &q
	if elicits(a.request) {
		if a.asked, err = a.server.consent.Ask(ctx, a.bound); err != nil {
			return false, err
		}
		return false, fault.New(fault.Unconfirmed, "a person is being asked")
	}
	if a.fresh, err = a.server.codes.Issue(ctx, a.bound); err != nil {
		return false, err
	}
	return false, fault.New(fault.Unconfirmed, "a person must confirm this call, and your client cannot ask: %s", q.Text).
		WithFix("a one-time code was written to the server's terminal or log, where the person reads it; "+
			"ask them for it and call again with the same input and %s. "+
			"The person can also approve tools beforehand (approve in the profile, in their own hawser.yaml)", codeField)
}

// heard processes the person's answer to a question about this call.
func (a *asking) heard(ctx context.Context) (bool, error) {
	params := a.request.Params
	if err := a.server.consent.Take(ctx, a.bound, params.RequestState); err != nil {
		return false, err
	}
	answer, ok := params.InputResponses["confirm"].(*mcp.ElicitResult)
	if !ok || answer.Action != "accept" {
		return false, nil
	}
	yes, _ := answer.Content["confirm"].(bool)
	return yes, nil
}

// approves reports whether a person approved a tool beforehand.
func (o Options) approves(name string) bool {
	return slices.ContainsFunc(o.Approved, func(pattern string) bool { return tool.Matches(pattern, name) })
}

// elicits reports whether the client can ask its person with a form.
func elicits(req *mcp.CallToolRequest) bool {
	caps := req.ClientCapabilities()
	if caps == nil || caps.Elicitation == nil {
		return false
	}
	return caps.Elicitation.Form != nil || caps.Elicitation.URL == nil
}

// open returns the answer that asks the person, if the call ended with a
// question.
//
// https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation
func (a *asking) open(err error) *mcp.CallToolResult {
	if a.asked == "" || fault.From(err) == nil {
		return nil
	}
	return &mcp.CallToolResult{
		InputRequests: mcp.InputRequestMap{"confirm": &mcp.ElicitParams{
			Mode: "form", Message: text.Markdown(a.message()), // some clients render it
			RequestedSchema: json.RawMessage(`{"type":"object","properties":{"confirm":{"type":"boolean","title":"Go on?","description":"Yes lets this one call happen, once.","default":false}},"required":["confirm"]}`),
		}},
		RequestState: a.asked,
	}
}

// pending reports whether a request waits for the answer to a question to its
// client.
type pending struct{ open bool }

type pendingKey struct{}

func withPending(ctx context.Context) (context.Context, *pending) {
	p := &pending{}
	return context.WithValue(ctx, pendingKey{}, p), p
}

func setPending(ctx context.Context, open bool) {
	if p, ok := ctx.Value(pendingKey{}).(*pending); ok {
		p.open = open
	}
}

// errAnswer returns the fault of a call whose client gave no valid answer to the
// question, such as a yes without its content.
func errAnswer() error {
	return fault.New(fault.Unconfirmed, "a person was asked to confirm the call, and the client's answer is not valid").
		WithFix("call again, and answer the client's form: it needs confirm, true or false")
}

// message tells the person everything that they need to know before a yes.
func (a *asking) message() string {
	q, who := a.question, a.options.Agent
	if who == "" {
		who = "An agent"
	} else {
		who = fmt.Sprintf("The agent %q", who)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s wants to call %s (effect: %s)\n", q.Text, who, q.Tool, q.Effect)
	for _, part := range [][2]string{{"connection", q.Target.Connection}, {"account", q.Target.Account}, {"region", q.Target.Region}} {
		value := part[1]
		if value == "" {
			value = "the default"
		}
		fmt.Fprintf(&b, "  %s: %s\n", part[0], visible(value))
	}
	return b.String()
}

// publish writes a new code to the place where the person reads it.
func (a *asking) publish(terminal io.Writer, err error) {
	if a.fresh == "" || fault.From(err) == nil {
		return
	}
	fmt.Fprintf(terminal, "\n%sTo allow it once within %s, tell the agent this code: %s\n\n", a.message(), tool.ConsentTime, a.fresh)
}
