//go:build unix

package audit

import (
	"context"
	"errors"
	"testing"
)

// TestASyslogThatDoesNotAnswer holds no delivery longer than its time.
func TestASyslogThatDoesNotAnswer(t *testing.T) {
	w, err := NewSyslogWitness("tcp", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock() // as a delivery that waits for the network does
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Keep(ctx, Head{Seq: 1}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.mu.Unlock()
}
