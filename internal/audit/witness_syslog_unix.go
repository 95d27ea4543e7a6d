//go:build unix

package audit

import (
	"context"
	"fmt"
	"log/syslog"
	"sync"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// SyslogWitness sends heads to the machine's syslog, which journald takes as
// well, or to one elsewhere. It cannot be read back.
type SyslogWitness struct {
	network, address string

	mu     sync.Mutex
	writer *syslog.Writer
}

// NewSyslogWitness sends to a server over "udp" or "tcp"; empty for both is the
// machine's own.
func NewSyslogWitness(network, address string) (*SyslogWitness, error) {
	return &SyslogWitness{network: network, address: address}, nil
}

// Name is the server's address, if it is not the machine's own.
func (w *SyslogWitness) Name() string {
	if w.address == "" {
		return "syslog"
	}
	return fmt.Sprintf("syslog (%s %s)", w.network, w.address)
}

// Keep sends one message of facility authpriv and severity info. It ends with ctx,
// although package syslog waits as long as the network does.
// fixSyslog says what to do about a syslog that keeps no heads.
const fixSyslog = "check that the syslog runs and that audit.witness names its address"

func (w *SyslogWitness) Keep(ctx context.Context, h Head) error {
	sent := make(chan error, 1)
	go func() { sent <- parallel.Safely(func() error { return w.send(h) }) }()
	select {
	case err := <-sent:
		return err
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "%s does not answer", w.Name()).WithFix(fixSyslog)
	}
}

func (w *SyslogWitness) send(h Head) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.writer == nil {
		writer, err := syslog.Dial(w.network, w.address, syslog.LOG_AUTHPRIV|syslog.LOG_INFO, "hawser")
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "%s can't be reached", w.Name()).WithFix(fixSyslog)
		}
		w.writer = writer
	}
	if err := w.writer.Info(fmt.Sprintf("audit head %d %s", h.Seq, h.Hash)); err != nil {
		return fault.Wrap(err, fault.Unavailable, "%s can't be reached", w.Name()).WithFix(fixSyslog)
	}
	return nil
}
