package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/web"
)

// quick serves a tool that answers at once, with a real audit log and tokens.
func quick(b *testing.B) (post func(), registry *tool.Registry) {
	b.Helper()
	dir := b.TempDir()
	log, err := audit.Open(filepath.Join(dir, "audit.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	tokens := auth.OpenTokens(filepath.Join(dir, "tokens.json"), nil)
	secret, err := tokens.Create(auth.Token{Name: "bot", Role: caller.Operator})
	if err != nil {
		b.Fatal(err)
	}
	registry = registryOf(b, log, widget("show", tool.Read, same))
	server := httptest.NewServer(web.New(registry, web.Options{Tokens: tokens, Log: io.Discard}).Handler())
	b.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	return func() {
		req, err := http.NewRequestWithContext(b.Context(), "POST", server.URL+show, bytes.NewReader([]byte(`{"name":"Red"}`)))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		resp, err := client.Do(req)
		if err != nil {
			b.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			b.Error(resp.Status)
		}
	}, registry
}

// BenchmarkDirect is a call without HTTP, which BenchmarkHTTP stands beside.
func BenchmarkDirect(b *testing.B) {
	_, registry := quick(b)
	req := tool.Request{Tool: "widget.show", Input: []byte(`{"name":"Red"}`), Caller: caller.Caller{Door: "test", Actor: "a", Role: caller.Admin}}
	for b.Loop() {
		if _, err := registry.Call(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHTTP is a call over HTTP, client included. The limit is 0.5 ms above
// BenchmarkDirect.
func BenchmarkHTTP(b *testing.B) {
	post, _ := quick(b)
	for b.Loop() {
		post()
	}
}

// BenchmarkThroughput has 16 clients call side by side. The limits are 2,000
// calls a second and 20 ms for the slowest hundredth.
func BenchmarkThroughput(b *testing.B) {
	post, _ := quick(b)
	const clients, each = 16, 500
	for b.Loop() {
		begun := time.Now()
		took := make([][]time.Duration, clients)
		var wait sync.WaitGroup
		for i := range clients {
			wait.Go(func() {
				for range each {
					at := time.Now()
					post()
					took[i] = append(took[i], time.Since(at))
				}
			})
		}
		wait.Wait()
		all := slices.Concat(took...)
		slices.Sort(all)
		b.ReportMetric(float64(len(all))/time.Since(begun).Seconds(), "calls/s")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	}
}
