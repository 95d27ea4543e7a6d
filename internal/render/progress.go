package render

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// ProgressMode is how progress is shown.
type ProgressMode string

// The modes.
const (
	ProgressBars  ProgressMode = "true"
	ProgressNone  ProgressMode = "false"
	ProgressLines ProgressMode = "json"
)

// ProgressModes are the modes.
func ProgressModes() []ProgressMode { return []ProgressMode{ProgressBars, ProgressNone, ProgressLines} }

// Progress draws bars on a terminal, one for each subject, or writes lines;
// elsewhere it does nothing.
type Progress struct {
	mu   sync.Mutex
	pool *mpb.Progress
	bars map[string]*bar
	show ProgressMode
	out  Streams
}

// bar is the bar of one subject.
type bar struct {
	*mpb.Bar
	last atomic.Pointer[tool.Progress] // what it shows
}

// NewProgress shows progress as wanted; bars only where a person reads standard
// error.
func NewProgress(s Streams, wanted ProgressMode) *Progress {
	if wanted == ProgressBars && !s.ErrTTY {
		wanted = ProgressNone
	}
	return &Progress{out: s, show: wanted, bars: map[string]*bar{}}
}

// Report moves a subject's bar.
func (p *Progress) Report(r tool.Progress) {
	if p.show == ProgressNone {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.show == ProgressLines {
		if raw, err := json.Marshal(r); err == nil { // plain data always marshals
			_, _ = p.out.Err.Write(append(raw, '\n'))
		}
		return
	}
	if p.pool == nil {
		p.pool = newPool(p.out.Err)
	}
	b, ok := p.bars[r.Subject]
	if !ok {
		b = newBar(p.pool, r)
		p.bars[r.Subject] = b
	}
	b.last.Store(&r)
	// A total may grow, so only a transfer ends with it.
	b.SetTotal(r.Total, r.Unit == bytesUnit && r.Total > 0 && r.Done >= r.Total)
	b.SetCurrent(r.Done)
}

const (
	bytesUnit = "bytes"
	// barWidth is the widest that a bar gets; the text beside it comes first.
	barWidth = 60
	// columns is the width where it can't be asked of a terminal.
	columns = 80
)

func newPool(w io.Writer) *mpb.Progress {
	return mpb.New(mpb.WithOutput(w), mpb.WithWidth(columns), mpb.WithAutoRefresh())
}

// newBar makes a bar without a total: mpb ends a bar that is made with one when that is
// reached, and never changes it.
func newBar(pool *mpb.Progress, r tool.Progress) *bar {
	b := &bar{}
	b.last.Store(&r)
	b.Bar = pool.New(0, mpb.BarStyle().Rbound("|"),
		mpb.BarWidth(barWidth),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(shorten(text.Escape(r.Subject, ""), 30), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return reached(*b.last.Load()) })),
	)
	return b
}

// reached says how far something is: 3 of 12 accounts, 96 calls, 4s left.
func reached(r tool.Progress) string {
	out := fmt.Sprintf("%d %s", r.Done, r.Unit)
	switch {
	case r.Done == 0 && r.Total == 0 && r.Calls > 0:
		return fmt.Sprintf("%d calls", r.Calls) // it is not known yet how many there are
	case r.Unit == bytesUnit:
		out = fmt.Sprintf("% .1f", decor.SizeB1024(r.Done))
		if r.Total > 0 {
			out += fmt.Sprintf(" / % .1f", decor.SizeB1024(r.Total))
		}
	case r.Total > 0:
		out = fmt.Sprintf("%d of %d %s", r.Done, r.Total, r.Unit)
	}
	if r.Calls > 0 {
		out += fmt.Sprintf(", %d calls", r.Calls)
	}
	if r.Left > 0 {
		out += fmt.Sprintf(", %s left", max(r.Left.Round(time.Second), time.Second))
	}
	return out
}

// shorten keeps the end of a long name, where names differ.
func shorten(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return "…" + string(runes[len(runes)-width+1:])
}

// Close ends all bars.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		return
	}
	for _, bar := range p.bars {
		bar.Abort(true)
	}
	p.pool.Wait()
}
