package mcpserver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// A call whose token ends while it runs is recorded as canceled, in a session of
// an older version of the protocol too, also where its tool ends without an error.
func TestACallEndsWithItsToken(t *testing.T) {
	for _, version := range []string{"2025-06-18", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			log, begun, revoked := &tooltest.Memory{}, make(chan struct{}), make(chan struct{})
			follow := widget("follow", tool.Read, func(ctx context.Context, _ *tool.Call, in widgetInput) (widgetOutput, error) {
				close(begun)
				<-ctx.Done()
				return widgetOutput{Name: in.Name}, nil
			})
			server := newServer(t, registryOf(t, tool.Guard{}, log, follow), mcpserver.Options{})
			bearer := auth.Bearer{ID: "a", While: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, end := context.WithCancelCause(ctx)
				go func() {
					select {
					case <-revoked:
						end(auth.ErrEnded())
					case <-ctx.Done():
					}
				}()
				return ctx, func() { end(nil) }
			}}
			verify := func(context.Context, string) (auth.Bearer, error) { return bearer, nil }
			h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{Verify: verify}))
			t.Cleanup(h.Close)
			s := dialVersion(t, h.URL+mcpserver.Path, version, nil)
			go func() {
				<-begun
				close(revoked)
			}()
			result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.follow", Arguments: widgetInput{Name: "Red"}})
			if err == nil && !result.IsError {
				t.Errorf("it succeeded: %+v", result)
			}
			if last := log.Wait(2)[1]; last.Phase != audit.After || last.Outcome != audit.Canceled {
				t.Errorf("recorded %s %q", last.Phase, last.Outcome)
			}
		})
	}
}

// dialVersion is dial for a client of an older version of the protocol.
func dialVersion(t *testing.T, url, version string, o *mcp.ClientOptions) *mcp.ClientSession {
	t.Helper()
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, o).Connect(context.Background(), &mcp.StreamableClientTransport{
		Endpoint: url, HTTPClient: &http.Client{Transport: bearing("x")}, MaxRetries: -1,
	}, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
