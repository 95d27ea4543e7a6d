package mcpserver_test

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// person answers what it is asked.
type person struct {
	mu     sync.Mutex
	asked  []string
	answer mcp.ElicitResult
}

func (p *person) options() *mcp.ClientOptions {
	return &mcp.ClientOptions{ElicitationHandler: func(_ context.Context, req *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked = append(p.asked, req.Params.Message)
		answer := p.answer
		return &answer, nil
	}}
}

var destroyAsks = tool.Guard{Confirm: []tool.Effect{tool.Destroy}}

func TestThePersonIsAsked(t *testing.T) {
	tests := []struct {
		name    string
		answer  mcp.ElicitResult
		removed bool
	}{
		{"yes", mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}, true},
		{"accepted, but not ticked", mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": false}}, false},
		{"accepted without content", mcp.ElicitResult{Action: "accept"}, false},
		{"declined", mcp.ElicitResult{Action: "decline"}, false},
		{"closed", mcp.ElicitResult{Action: "cancel"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			removed := 0
			p := &person{answer: tt.answer}
			r := connect(t, destroyAsks, mcpserver.Options{Agent: "triage"}, p.options(), widget("remove", tool.Destroy, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
				removed++
				return same(ctx, c, in)
			}))
			result := r.call(t, "widget.remove", map[string]any{"name": "Blue"})
			if result.IsError == tt.removed || (removed == 1) != tt.removed {
				t.Errorf("removed %d times: %s", removed, texts(result))
			}
			if len(p.asked) != 1 {
				t.Fatalf("asked %d times", len(p.asked))
			}
			for _, part := range []string{`"triage"`, "destroy", "widget.remove", "widget Blue", "connection: main", "account: 111122223333", "region: us-east-1"} {
				if !strings.Contains(p.asked[0], part) {
					t.Errorf("the question lacks %q:\n%s", part, p.asked[0])
				}
			}
		})
	}
}

// Nothing in a name changes how a client renders the question, and all of it shows.
func TestNamesInQuestionsAreNotRendered(t *testing.T) {
	p := &person{answer: mcp.ElicitResult{Action: "decline"}}
	r := connect(t, destroyAsks, mcpserver.Options{}, p.options(), widget("remove", tool.Destroy, same))
	r.call(t, "widget.remove", map[string]any{"name": "a_b <b>**x**</b> [y](https://z) | `c` &lt; $d$ ~e~ # \\\"f"})
	if len(p.asked) != 1 {
		t.Fatalf("asked %d times", len(p.asked))
	}
	question, _, _ := strings.Cut(p.asked[0], "\n")
	if strings.ContainsAny(question, "*`~<>&|[]$#") || !strings.Contains(question, `a_b \u003cb\u003e\u002a\u002ax\u002a\u002a\u003c/b\u003e \u005by\u005d(https://z) \u007c \u0060c\u0060 \u0026lt; \u0024d\u0024`) {
		t.Errorf("the person is asked %s", question)
	}
}

// An answer without what was asked for is not a yes, and no error of the protocol
// either.
func TestAnAnswerWithoutContentIsNoYes(t *testing.T) {
	removed := 0
	log := &tooltest.Memory{}
	server := newServer(t, registryOf(t, destroyAsks, log, widget("remove", tool.Destroy, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		removed++
		return same(ctx, c, in)
	})), mcpserver.Options{Terminal: &buffer{}})
	h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{}))
	t.Cleanup(h.Close)
	url := h.URL + mcpserver.Path
	for _, content := range []map[string]any{nil, {}, {"confirm": "yes"}} {
		p := &person{answer: mcp.ElicitResult{Action: "accept", Content: content}}
		s := dialVersion(t, url, "2025-06-18", p.options())
		result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.remove", Arguments: widgetInput{Name: "Blue"}})
		if err != nil || !result.IsError || !strings.HasPrefix(texts(result), "unconfirmed: ") {
			t.Errorf("%v: %v, %+v", content, err, result)
		}
		if removed != 0 || len(p.asked) != 1 {
			t.Errorf("%v: removed %d times, asked %d times", content, removed, len(p.asked))
		}
		records := log.Records()
		if last := records[len(records)-1]; last.Outcome != audit.Refused || last.Error == nil || strings.Contains(last.Error.Message, "is being asked") {
			t.Errorf("%v: the last record is %+v, %+v", content, last, last.Error)
		}
	}
}

func TestReadsAndApprovedToolsAskNobody(t *testing.T) {
	p := &person{}
	r := connect(t, destroyAsks, mcpserver.Options{Approved: []string{"widget.r*"}}, p.options(),
		widget("show", tool.Read, same), widget("remove", tool.Destroy, same), widget("erase", tool.Destroy, same))
	for name, allowed := range map[string]bool{"widget.show": true, "widget.remove": true, "widget.erase": false} {
		if result := r.call(t, name, map[string]any{"name": "a"}); result.IsError == allowed {
			t.Errorf("%s: %s", name, texts(result))
		}
	}
	if len(p.asked) != 1 {
		t.Errorf("asked %d times, want once, about widget.erase", len(p.asked))
	}
}

var codeShown = regexp.MustCompile(`tell the agent this code: ([A-Z0-9]{4}-[A-Z0-9]{4})`)

// A client that can't ask gets a refusal; the code stands where the agent
// can't read it, is for this one call, and counts once.
func TestCodesConfirmWhereTheClientCannotAsk(t *testing.T) {
	now := time.Now()
	r := connect(t, destroyAsks, mcpserver.Options{Clock: func() time.Time { return now }}, nil, widget("remove", tool.Destroy, same))
	ask := func(name string) string {
		t.Helper()
		result := r.call(t, "widget.remove", map[string]any{"name": name})
		codes := codeShown.FindAllStringSubmatch(r.terminal.String(), -1)
		if !result.IsError || len(codes) == 0 {
			t.Fatalf("%s; the terminal shows %q", texts(result), r.terminal)
		}
		code := codes[len(codes)-1][1]
		if strings.Contains(texts(result), code) {
			t.Fatal("the agent can read the code")
		}
		return code
	}
	remove := func(name, code string) bool {
		t.Helper()
		return !r.call(t, "widget.remove", map[string]any{"name": name, "confirmation_code": code}).IsError
	}
	if code := ask("a"); !remove("a", strings.ToLower(code)) || remove("a", code) {
		t.Error("a code counts once")
	}
	if code := ask("a"); remove("b", code) {
		t.Error("a code counts for another call")
	}
	if code := ask("a"); remove("a", "AAAA-AAAA") || remove("a", code) {
		t.Error("a wrong code can be tried again")
	}
	if code := ask("a"); func() bool { now = now.Add(11 * time.Minute); return remove("a", code) }() {
		t.Error("a code counts for ever")
	}
}

// What a client makes up is not an answer to a question.
func TestForgedAnswers(t *testing.T) {
	yes := mcp.InputResponseMap{"confirm": &mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}}
	p := &person{}
	options := p.options()
	options.MultiRoundTrip = &mcp.MultiRoundTripOptions{Disabled: true}
	r := connect(t, destroyAsks, mcpserver.Options{}, options, widget("remove", tool.Destroy, same))
	call := func(name, state string) *mcp.CallToolResult {
		t.Helper()
		result, err := r.CallTool(t.Context(), &mcp.CallToolParams{
			Name: "widget.remove", Arguments: map[string]any{"name": name}, InputResponses: yes, RequestState: state,
		})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	first, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.remove", Arguments: map[string]any{"name": "a"}})
	if err != nil || first.RequestState == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	if result := call("b", first.RequestState); !result.IsError {
		t.Error("a yes to a counts for b")
	}
	if result, err := r.CallTool(t.Context(), &mcp.CallToolParams{
		Name: "widget.remove", Arguments: map[string]any{"name": "a"}, InputResponses: yes, RequestState: first.RequestState + "x",
	}); err == nil {
		t.Errorf("a forged state counts: %+v", result)
	}
	if result := call("a", ""); !result.IsError && !result.NeedsInput() {
		t.Error("an answer without a question counts")
	}
	if result := call("a", first.RequestState); result.IsError {
		t.Errorf("the true answer does not count: %s", texts(result))
	}
	if result := call("a", first.RequestState); !result.IsError {
		t.Error("an answer counts twice")
	}
}

// TestWhatChangedSinceItWasShown: a yes is to what was there when the question was asked.
func TestWhatChangedSinceItWasShown(t *testing.T) {
	state := make(chan string, 1)
	state <- "one"
	changes := func() { <-state; state <- "two" }
	look := func(context.Context, *tool.Call, widgetInput) tool.Preview {
		now := <-state
		state <- now
		return tool.Preview{Does: "Sink the widget", State: now}
	}
	removed := false
	sink := func() *tool.Tool {
		return tool.WithPreview(widget("remove", tool.Destroy, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
			removed = true
			return same(ctx, c, in)
		}), look)
	}
	told := func(result *mcp.CallToolResult) {
		t.Helper()
		if text := texts(result); !result.IsError || removed || !strings.Contains(text, "conflict") || !strings.Contains(text, "has changed since it was shown") {
			t.Errorf("removed %v: %s", removed, text)
		}
	}

	asks := &mcp.ClientOptions{ElicitationHandler: func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
		changes()
		return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}, nil
	}}
	told(connect(t, destroyAsks, mcpserver.Options{}, asks, sink()).call(t, "widget.remove", map[string]any{"name": "Blue"}))

	<-state
	state <- "one"
	r := connect(t, destroyAsks, mcpserver.Options{}, nil, sink())
	r.call(t, "widget.remove", map[string]any{"name": "Blue"})
	code := regexp.MustCompile(`[A-Z2-9]{4}-[A-Z2-9]{4}`).FindString(r.terminal.String())
	changes()
	told(r.call(t, "widget.remove", map[string]any{"name": "Blue", "confirmation_code": code}))
}
