package httpserver

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"testing"
)

// Ctrl-C lets a call that runs end, and then the server.
func TestShutdownLetsCallsEnd(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	log, messages := io.Pipe()
	ended := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interrupt()
		for { // until the server takes no more connections
			conn, err := net.Dial("tcp", r.Host)
			if err != nil {
				break
			}
			_ = conn.Close()
		}
		_, _ = io.WriteString(w, "written")
	})
	go func() { ended <- Listen{Address: "127.0.0.1:0"}.Serve(ctx, messages, "Test", "", handler) }()
	resp, err := http.Get(addressIn(t, log))
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

// addressIn waits for the address of a server in its log, and reads the rest of
// the log in the background.
func addressIn(t *testing.T, log io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); found != "" {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return found
		}
	}
	t.Fatalf("the log names no address: %v", lines.Err())
	return ""
}
