package mcpserver

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// consent keeps what people were asked: questions that go through the client,
// and one-time codes for clients that can't ask.
type consent struct {
	*tool.Consent
	clock func() time.Time

	mu    sync.Mutex
	codes map[string]issued // by the call they are for
}

type issued struct {
	code  string
	until time.Time
}

func newConsent(clock func() time.Time) *consent {
	return &consent{Consent: tool.NewConsent(clock), clock: clock, codes: map[string]issued{}}
}

// asking is the Confirmer of one call.
type asking struct {
	consent  *consent
	options  Options
	request  *mcp.CallToolRequest
	call     string // digest of tool and input
	bound    string // digest of the call and of what the person was shown
	code     string // as the client gave it
	question *tool.Question
	fresh    string      // a code made for this call, to be shown to a person
	yes      atomic.Bool // a person said yes to this call
}

// asking begins the call of a tool by a caller: a yes to one caller is none to
// another of the same agent.
func (c *consent) asking(req *mcp.CallToolRequest, caller caller.Caller, name string, input json.RawMessage, code string, o Options) *asking {
	return &asking{consent: c, options: o, request: req, code: code, call: tool.Subject(caller.Actor+"\x00"+caller.For, name, input)}
}

// Given implements tool.Beforehand.
func (a *asking) Given(name string) bool { return a.options.approves(name) }

// Confirm implements tool.Confirmer. It says yes only where a person did.
func (a *asking) Confirm(_ context.Context, q tool.Question) (bool, error) {
	yes, err := a.confirm(q)
	a.yes.Store(yes && err == nil)
	return yes, err
}

func (a *asking) confirm(q tool.Question) (bool, error) {
	a.bound = q.Bind(a.call)
	if a.code != "" {
		return a.consent.redeem(a.bound, a.code)
	}
	if a.request.Params.RequestState != "" {
		return a.consent.heard(a.bound, a.request.Params)
	}
	a.question = &q
	if elicits(a.request) {
		return false, fault.New(fault.Unconfirmed, "a person is being asked")
	}
	a.fresh = a.consent.issue(a.bound)
	return false, fault.New(fault.Unconfirmed, "a person must say yes, and your client cannot ask them: %s", q.Text).
		WithFix("a one-time code was written to the server's terminal or log, where the person reads it; "+
			"ask them for it and call again with the same input and %s. "+
			"The person can also approve tools beforehand (approve in the profile, in their own hawser.yaml)", codeField)
}

// approves tells whether a person said yes to a tool beforehand.
func (o Options) approves(name string) bool {
	return slices.ContainsFunc(o.Approved, func(pattern string) bool { return tool.Matches(pattern, name) })
}

// elicits tells whether the client can ask its person by a form.
func elicits(req *mcp.CallToolRequest) bool {
	caps := req.ClientCapabilities()
	if caps == nil || caps.Elicitation == nil {
		return false
	}
	return caps.Elicitation.Form != nil || caps.Elicitation.URL == nil
}

// open is the answer that asks the person, where that is what the call came to.
//
// https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation
func (a *asking) open(err error) *mcp.CallToolResult {
	if a.question == nil || a.fresh != "" || fault.From(err) == nil {
		return nil
	}
	return &mcp.CallToolResult{
		InputRequests: mcp.InputRequestMap{"confirm": &mcp.ElicitParams{
			Mode: "form", Message: a.message(),
			RequestedSchema: json.RawMessage(`{"type":"object","properties":{"confirm":{"type":"boolean","title":"Go on?","description":"Yes lets this one call happen, once.","default":false}},"required":["confirm"]}`),
		}},
		RequestState: a.consent.Ask(a.bound),
	}
}

// pending tells whether a request waits for the answer to a question that was
// put to its client.
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

// errAnswer is the fault of a call whose client gave no answer to the question
// that can be used, such as a yes without its content.
func errAnswer() error {
	return fault.New(fault.Unconfirmed, "a person was to be asked, and the client's answer is none that counts").
		WithFix("call again, and answer the client's form: it needs confirm, true or false")
}

// message tells the person all that matters before a yes.
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

// publish writes a fresh code to where the person reads it.
func (a *asking) publish(terminal io.Writer, err error) {
	if a.fresh == "" || fault.From(err) == nil {
		return
	}
	fmt.Fprintf(terminal, "\n%sTo allow it once within %s, tell the agent this code: %s\n\n", a.message(), tool.ConsentTime, a.fresh)
}

// heard takes the person's answer to a question that this server asked about
// this very call.
func (c *consent) heard(call string, params *mcp.CallToolParamsRaw) (bool, error) {
	if err := c.Take(call, params.RequestState); err != nil {
		return false, err
	}
	answer, ok := params.InputResponses["confirm"].(*mcp.ElicitResult)
	if !ok || answer.Action != "accept" {
		return false, nil
	}
	yes, _ := answer.Content["confirm"].(bool)
	return yes, nil
}

// codeLetters are easy to read aloud and hard to confuse.
const codeLetters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

// issue makes the one-time code for a call, in the place of an earlier one.
func (c *consent) issue(call string) string {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails, by its documentation
	for i, b := range raw {
		raw[i] = codeLetters[int(b)%len(codeLetters)]
	}
	code := string(raw[:4]) + "-" + string(raw[4:])
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, i := range c.codes {
		if now.After(i.until) {
			delete(c.codes, k)
		}
	}
	c.codes[call] = issued{code: code, until: now.Add(tool.ConsentTime)}
	return code
}

// redeem takes a code. One that is wrong uses the right one up, so that it
// can't be guessed at.
func (c *consent) redeem(call, code string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.codes[call]
	delete(c.codes, call)
	code = strings.ToUpper(strings.TrimSpace(code))
	if !found || c.clock().After(i.until) || subtle.ConstantTimeCompare([]byte(i.code), []byte(code)) != 1 {
		return false, fault.New(fault.Unconfirmed, "this code does not confirm this call").At(codeField).
			WithCause("it was used, has ended, is another call's, or is wrong").
			WithFix("call without %s to have a new one written to the server's terminal", codeField)
	}
	return true, nil
}
