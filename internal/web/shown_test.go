package web_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

// A yes is to the account that was shown: where the same call would go to
// another one by now it is asked about again.
func TestAYesIsToTheAccountShown(t *testing.T) {
	account := "111122223333"
	registry, err := tool.NewRegistry([]*tool.Tool{widget("remove", tool.Destroy, same)}, tool.Options{
		Guard: tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, Log: &tooltest.Memory{},
		Resolve: func(context.Context, tool.Target) tool.Target { return tool.Target{Account: account} },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.New(registry, web.Options{Consent: tool.NewConsent(nil)}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	const remove = "/api/v1/tools/widget.remove"
	first := s.ask(t, "POST", remove, "", `{"name": "Blue"}`).problem(t)
	account = "444455556666"
	if r := s.ask(t, "POST", remove, "", `{"name": "Blue"}`, "Hawser-Confirm", first.Confirm); r.status != 409 || r.problem(t).Kind != fault.Conflict {
		t.Errorf("in another account: %d %s", r.status, r.body)
	}
	account = "111122223333"
	if r := s.ask(t, "POST", remove, "", `{"name": "Blue"}`, "Hawser-Confirm", first.Confirm); r.status != 200 {
		t.Errorf("in the account shown: %d %s", r.status, r.body)
	}
}
