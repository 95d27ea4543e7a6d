package httpserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// bounded serves a handler within limits.
func bounded(t *testing.T, l limits, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(l.bound(h))
	server.Listener = l.limited(server.Listener)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// A body that does not come is given up, while a stream goes on past the limits
// of bodies and of pieces.
func TestSlowBodies(t *testing.T) {
	rest := make(chan struct{})
	read := make(chan error, 1)
	address := bounded(t, limits{body: 300 * time.Millisecond, write: 300 * time.Millisecond, left: leftTime, connections: 9}, func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
		_, _ = io.WriteString(w, "begun\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-rest:
			_, _ = io.WriteString(w, "ended\n")
		case <-r.Context().Done():
		}
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nslow")
	if err := <-read; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a slow body: %v", err)
	}
	resp, err := http.Post("http://"+address, "application/json", strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if text, err := lines.ReadString('\n'); <-read != nil || text != "begun\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	time.AfterFunc(700*time.Millisecond, func() { close(rest) }) // past every limit
	if text, err := lines.ReadString('\n'); text != "ended\n" || err != nil {
		t.Errorf("the stream ended with %q, %v", text, err)
	}
}

// A client that does not take its answer is given up.
func TestSlowReaders(t *testing.T) {
	wrote := make(chan error, 1)
	address := bounded(t, limits{body: time.Minute, write: 50 * time.Millisecond, connections: 9}, func(w http.ResponseWriter, _ *http.Request) {
		piece := make([]byte, 1<<20)
		for {
			if _, err := w.Write(piece); err != nil {
				wrote <- err
				return
			}
		}
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err := <-wrote; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// Connections over the limit wait until one of the others has gone.
func TestConnectionsAreBounded(t *testing.T) {
	address := bounded(t, limits{body: time.Minute, write: time.Minute, connections: 2}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "here")
	})
	ask := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		return conn, bufio.NewReader(conn)
	}
	first, answer := ask()
	if _, err := answer.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, answer = ask(); answer == nil {
		t.Fatal("no second connection")
	}
	if _, err := answer.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	third, answer := ask()
	_ = third.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := answer.ReadString('\n'); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection over the limit is served: %v", err)
	}
	_ = third.SetReadDeadline(time.Time{})
	_ = first.Close()
	if text, err := answer.ReadString('\n'); err != nil || !strings.Contains(text, "200") {
		t.Errorf("%q, %v", text, err)
	}
}

// A request that is refused before its body has come is answered at once.
func TestRefusalsDoNotWaitForBodies(t *testing.T) {
	address := bounded(t, serverLimits(), func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the token is not valid", http.StatusUnauthorized)
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(bodyTime / 2)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || !resp.Close {
		t.Errorf("%s, close %t", resp.Status, resp.Close)
	}
}

// The connection of a request that is answered before its body has come is closed soon
// after the answer, so that it takes no place of another.
func TestConnectionsOfRefusalsAreClosed(t *testing.T) {
	l := serverLimits()
	l.connections = 1
	address := bounded(t, l, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/refused":
			http.Error(w, "the token is not valid", http.StatusUnauthorized)
		case "/begun":
			_, _ = r.Body.Read(make([]byte, 1))
			http.Error(w, "the token is not valid", http.StatusUnauthorized)
		}
	})
	for name, request := range map[string]string{
		"a length":        "POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
		"part of it":      "POST /begun HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
		"chunks":          "POST /refused HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
		"a question":      "POST /refused HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
		"an empty answer": "POST /empty HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(bodyTime / 2)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(conn, request)
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.Contains(string(answer), "Connection: close") {
				t.Errorf("%q, %v", answer, err)
			}
		})
	}
}
