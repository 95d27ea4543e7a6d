// Package tooltest helps to test doors and the registry behind them.
package tooltest

import (
	"context"
	"fmt"
	"sync"

	"github.com/hawser/hawser/internal/audit"
)

// Memory is a tool.Recorder that keeps its records, and fails when told to.
type Memory struct {
	// Fail, where not nil, is every Append's error.
	Fail error
	// FailAfter, where not nil, is the error of records after a call.
	FailAfter error

	mu      sync.Mutex
	records []audit.Record
	more    chan struct{} // closed at the next record; nil where nobody waits
}

// Append implements tool.Recorder.
func (m *Memory) Append(_ context.Context, r audit.Record) (audit.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fail != nil {
		return audit.Record{}, m.Fail
	}
	if m.FailAfter != nil && r.Phase == audit.After {
		return audit.Record{}, m.FailAfter
	}
	if r.ID == "" {
		r.ID = fmt.Sprintf("call-%d", len(m.records))
	}
	m.records = append(m.records, r)
	if m.more != nil {
		close(m.more)
		m.more = nil
	}
	return r, nil
}

// Wait gives the records when there are n of them or more.
func (m *Memory) Wait(n int) []audit.Record {
	for {
		m.mu.Lock()
		if len(m.records) >= n {
			defer m.mu.Unlock()
			return append([]audit.Record(nil), m.records...)
		}
		if m.more == nil {
			m.more = make(chan struct{})
		}
		more := m.more
		m.mu.Unlock()
		<-more
	}
}

// Records gives the records so far.
func (m *Memory) Records() []audit.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]audit.Record(nil), m.records...)
}
