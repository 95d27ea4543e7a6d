//go:build unix

package audit_test

import (
	"net"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
)

func TestSyslogGetsTheHead(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w, err := audit.NewSyslogWitness("udp", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(t.Context(), audit.Head{Seq: 12, Hash: strings.Repeat("a", 64)}); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 1000)
	n, _, err := server.ReadFrom(text)
	if err != nil || !strings.Contains(string(text[:n]), "audit head 12 "+strings.Repeat("a", 64)) {
		t.Errorf("%q, %v", text[:n], err)
	}
}
