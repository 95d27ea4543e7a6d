package mcpserver_test

import (
	"context"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// What a server remembers may be shared with others, as if they were processes:
// questions, codes and breakers of one are those of the other.
func TestMemoryMayBeShared(t *testing.T) {
	shared := mcpserver.Options{Consent: tool.NewConsent(nil), Codes: mcpserver.NewCodes(nil), Breakers: mcpserver.NewBreakers(nil)}
	fails := widget("show", tool.Read, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		return widgetOutput{}, fault.New(fault.Unavailable, "the service is down")
	})
	open := func(client *mcp.ClientOptions) *rig {
		return connect(t, destroyAsks, shared, client, widget("remove", tool.Destroy, same), fails)
	}
	arguments := map[string]any{"name": "a"}

	one, other := open(nil), open(nil)
	one.call(t, "widget.remove", arguments)
	code := codeShown.FindStringSubmatch(one.terminal.String())[1]
	if r := other.call(t, "widget.remove", map[string]any{"name": "a", "confirmation_code": code}); r.IsError {
		t.Errorf("a code of another server: %s", texts(r))
	}
	for range 5 {
		one.call(t, "widget.show", arguments)
	}
	if text := texts(other.call(t, "widget.show", arguments)); !strings.Contains(text, "not tried") {
		t.Errorf("a breaker of another server: %s", text)
	}

	asking := (&person{}).options()
	asking.MultiRoundTrip = &mcp.MultiRoundTripOptions{Disabled: true}
	one, other = open(asking), open(asking)
	question := one.call(t, "widget.remove", arguments)
	answered, err := other.CallTool(t.Context(), &mcp.CallToolParams{
		Name: "widget.remove", Arguments: arguments, RequestState: question.RequestState,
		InputResponses: mcp.InputResponseMap{"confirm": &mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}},
	})
	if err != nil || answered.IsError {
		t.Errorf("a question of another server: %+v, %v", answered, err)
	}
}

// forgetful keeps nothing, as a store that is down.
type forgetful struct{ *tool.Consent }

func (forgetful) Ask(context.Context, string) (string, error) {
	return "", fault.New(fault.Unavailable, "the store is down")
}

func (forgetful) Issue(context.Context, string) (string, error) {
	return "", fault.New(fault.Unavailable, "the store is down")
}

func (forgetful) Redeem(context.Context, string, string) error {
	return fault.New(fault.Unavailable, "the store is down")
}

// A call whose question cannot be kept is not made.
func TestAQuestionThatCannotBeKept(t *testing.T) {
	for name, client := range map[string]*mcp.ClientOptions{"asked": (&person{}).options(), "by code": nil} {
		removed := false
		down := forgetful{tool.NewConsent(nil)}
		r := connect(t, destroyAsks, mcpserver.Options{Consent: down, Codes: down}, client,
			widget("remove", tool.Destroy, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
				removed = true
				return same(ctx, c, in)
			}))
		if result := r.call(t, "widget.remove", map[string]any{"name": "a"}); !result.IsError || !strings.Contains(texts(result), "the store is down") || removed {
			t.Errorf("%s: %t, %s", name, removed, texts(result))
		}
	}
}
