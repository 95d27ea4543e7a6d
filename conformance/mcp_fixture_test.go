package conformance

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// The suite judges progress, errors and elicitation by tools of its own example
// server. These bear the names of those, and do by Hawser's own means what a
// scenario looks at: the door is the same, only the registry is another.

type fixtureInput struct {
	Message string `json:"message,omitempty" jsonschema:"what to say"`
	Prompt  string `json:"prompt,omitempty" jsonschema:"what to ask"`
}

// Subject implements tool.Subject.
func (in fixtureInput) Subject() string { return "what the suite asked for" }

type fixtureOutput struct {
	Text string `json:"text"`
}

func says(text string) tool.Func[fixtureInput, fixtureOutput] {
	return func(context.Context, *tool.Call, fixtureInput) (fixtureOutput, error) {
		return fixtureOutput{text}, nil
	}
}

// fixtureTools are the tools that the suite calls by name.
func fixtureTools() []*tool.Tool {
	declare := func(name string, effect tool.Effect, run tool.Func[fixtureInput, fixtureOutput]) *tool.Tool {
		return tool.New(tool.Info{Name: name, Summary: "Does what the suite looks at", Effect: effect}, run)
	}
	return []*tool.Tool{
		declare("test.simple-text", tool.Read, says("This is a simple text response for testing.")),
		declare("test.error-handling", tool.Read, func(context.Context, *tool.Call, fixtureInput) (fixtureOutput, error) {
			return fixtureOutput{}, fault.New(fault.Unavailable, "this tool always fails").WithFix("expect it")
		}),
		declare("test.tool-with-progress", tool.Read, func(ctx context.Context, c *tool.Call, _ fixtureInput) (fixtureOutput, error) {
			for done := int64(10); done <= 100; done += 30 {
				c.Progress(tool.Progress{Subject: "the work", Done: done, Total: 100, Unit: "steps"})
				select {
				case <-ctx.Done():
					return fixtureOutput{}, ctx.Err()
				case <-time.After(150 * time.Millisecond):
				}
			}
			return fixtureOutput{"done"}, nil
		}),
		declare("test.elicitation", tool.Destroy, says("done")),
		declare("test.input-required-result-elicitation", tool.Destroy, says("done")),
		declare("test.input-required-result-request-state", tool.Destroy, says("done")),
		declare("test.input-required-result-tampered-state", tool.Destroy, says("done")),
		declare("test.input-required-result-capabilities", tool.Destroy, says("done")),
		declare("test.streaming-elicitation", tool.Destroy, says("done")),
		declare("test.logging-tool", tool.Read, says("done")),
	}
}

// serveFixture serves the fixture's tools over HTTP and gives its URL.
func serveFixture(t *testing.T) string {
	t.Helper()
	registry, err := tool.NewRegistry(fixtureTools(), tool.Options{
		Guard: tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, Log: &tooltest.Memory{},
		Resolve: func(_ context.Context, target tool.Target) tool.Target { return target },
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := mcpserver.New(registry, mcpserver.Options{
		Agent: "judge", Names: mcpserver.Underscored, Version: "test",
		Consent: tool.NewConsent(nil), Codes: mcpserver.NewCodes(nil), Breakers: mcpserver.NewBreakers(nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{}))
	t.Cleanup(h.Close)
	return h.URL + mcpserver.Path
}
