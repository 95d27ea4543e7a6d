package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

// A server without tokens takes calls of programs, and of no web page, whatever
// that can send without being asked.
func TestWebPagesGetNowhere(t *testing.T) {
	log := &tooltest.Memory{}
	server := httptest.NewServer(web.New(registryOf(t, log, widget("edit", tool.Write, same)), web.Options{}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	own := strings.TrimPrefix(server.URL, "http://")
	tests := []struct {
		name    string
		headers []string
		status  int
	}{
		{"a program", nil, 200},
		{"a program that says the character set", []string{"Content-Type", "application/json; charset=utf-8"}, 200},
		{"another character set", []string{"Content-Type", "application/json; charset=utf-16"}, 415},
		{"a page of its own", []string{"Origin", server.URL, "Sec-Fetch-Site", "same-origin"}, 200},
		{"no type", []string{"Content-Type", ""}, 415},
		{"plain text", []string{"Content-Type", "text/plain"}, 415},
		{"a form", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"a form with files", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"a type that only begins like JSON", []string{"Content-Type", "application/json-seq"}, 415},
		{"JSON within plain text", []string{"Content-Type", "text/plain; application/json"}, 415},
		{"a foreign page", []string{"Origin", "https://evil.example.com"}, 403},
		{"a page of this machine", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"a page that hides its origin", []string{"Origin", "null"}, 403},
		{"a page whose user name is this address", []string{"Origin", "http://" + own + "@evil.example.com"}, 403},
		{"a page of another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a page of another port", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"a name that leads here", []string{"Host", "evil.example.com", "Origin", "http://evil.example.com"}, 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := calls(log)
			r := s.ask(t, "POST", "/api/v1/tools/widget.edit", "", `{"name": "a"}`, tt.headers...)
			if r.status != tt.status {
				t.Errorf("%d %s", r.status, r.body)
			}
			if made := calls(log) > before; made != (tt.status == 200) {
				t.Errorf("called: %t", made)
			}
		})
	}
	if r := s.ask(t, "GET", "/api/v1/tools", "", "", "Sec-Fetch-Site", "cross-site"); r.status != 403 {
		t.Errorf("a foreign page reads the list: %d", r.status)
	}
}

// calls counts the records of calls of tools.
func calls(log *tooltest.Memory) (n int) {
	for _, r := range log.Records() {
		if r.Tool == "widget.edit" {
			n++
		}
	}
	return n
}

// Each door names its own remedy: this one has none for pages.
func TestAPageIsToldOfThisDoor(t *testing.T) {
	s := serve(t, widget("edit", tool.Write, same))
	r := s.ask(t, "GET", "/api/v1/tools", "", "", "Origin", "https://evil.example.com")
	if r.status != 403 || strings.Contains(r.body, "--origin") || !strings.Contains(r.body, "call from a program") {
		t.Errorf("%d %s", r.status, r.body)
	}
}
