package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"
)

// shared is a buffer for two goroutines.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) find(pattern *regexp.Regexp) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pattern.FindString(s.b.String())
}

// Ctrl-C lets a call that runs end, and then the server.
func TestShutdownLetsCallsEnd(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	said, ended := &shared{}, make(chan error, 1)
	p := newProgram(streams{err: said}, nil)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		interrupt()
		time.Sleep(300 * time.Millisecond)
		_, _ = io.WriteString(w, "written")
	})
	go func() { ended <- p.serveHTTP(ctx, "Test", listenFlags{address: "127.0.0.1:0"}, "", handler) }()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	for said.find(address) == "" {
		time.Sleep(5 * time.Millisecond)
	}
	resp, err := http.Get(said.find(address))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || string(text) != "written" {
		t.Errorf("%q, %v", text, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended by %v", err)
	}
}
