package web_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/tool"
)

// following is the tool widget.follow, which ends without an error when its caller
// has gone, as those that follow a log do.
func following(begun chan<- struct{}) *tool.Tool {
	return widget("follow", tool.Read, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		if c.Following {
			if err := c.Emit(map[string]int{"step": 1}); err != nil {
				return widgetOutput{}, err
			}
		}
		begun <- struct{}{}
		<-ctx.Done()
		return widgetOutput{Name: in.Name}, nil
	})
}

// A stream whose token is revoked does not end as one that came to its end.
func TestARevokedTokensStreamEndsInAProblem(t *testing.T) {
	for _, accept := range []string{"application/json", "application/x-ndjson", "text/event-stream"} {
		t.Run(accept, func(t *testing.T) {
			begun := make(chan struct{}, 1)
			s := serve(t, following(begun))
			token := s.token(t, auth.Token{Name: "bot"})
			ended := make(chan reply)
			go func() {
				ended <- s.ask(t, "POST", "/api/v1/tools/widget.follow", token, `{"name": "Red"}`, "Accept", accept)
			}()
			<-begun
			if err := auth.OpenTokens(s.state+"/tokens.json", nil).Revoke("bot"); err != nil { // another process
				t.Fatal(err)
			}
			r := <-ended
			if !strings.Contains(r.body, "the token was revoked") || strings.Contains(r.body, `"answer"`) || strings.Contains(r.body, "event: answer") {
				t.Errorf("%d %s", r.status, r.body)
			}
			records := s.log.Records()
			if last := records[len(records)-1]; last.Phase != audit.After || last.Outcome != audit.Canceled {
				t.Errorf("recorded %s %q", last.Phase, last.Outcome)
			}
		})
	}
}
