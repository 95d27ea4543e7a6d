package render

import (
	"encoding/json"
	"sync"

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
	bars map[string]*mpb.Bar
	show ProgressMode
	out  Streams
}

// NewProgress shows progress as wanted; bars only where a person reads standard
// error.
func NewProgress(s Streams, wanted ProgressMode) *Progress {
	if wanted == ProgressBars && !s.ErrTTY {
		wanted = ProgressNone
	}
	return &Progress{out: s, show: wanted, bars: map[string]*mpb.Bar{}}
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
		p.pool = mpb.New(mpb.WithOutput(p.out.Err), mpb.WithWidth(60))
	}
	bar, ok := p.bars[r.Subject]
	if !ok {
		bar = p.pool.New(r.Total, mpb.BarStyle().Rbound("|"), decorators(r)...)
		p.bars[r.Subject] = bar
	}
	if r.Total > 0 {
		bar.SetTotal(r.Total, r.Done >= r.Total)
	}
	bar.SetCurrent(r.Done)
}

func decorators(r tool.Progress) []mpb.BarOption {
	counters := decor.CountersNoUnit("%d / %d " + r.Unit)
	if r.Unit == "bytes" {
		counters = decor.CountersKibiByte("% .1f / % .1f")
	}
	return []mpb.BarOption{
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(shorten(text.Escape(r.Subject, ""), 30), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(counters),
	}
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
