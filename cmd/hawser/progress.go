package main

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// progressMode is how progress is shown. It is a pflag.Value.
type progressMode string

// The modes.
const (
	showBars  progressMode = "true"
	showNone  progressMode = "false"
	showLines progressMode = "json"
)

func (m *progressMode) String() string { return string(*m) }

// Type implements pflag.Value.
func (*progressMode) Type() string { return "mode" }

// Set implements pflag.Value.
func (m *progressMode) Set(text string) error {
	if !slices.Contains([]progressMode{showBars, showNone, showLines}, progressMode(text)) {
		return errors.New("it is one of true, false and json")
	}
	*m = progressMode(text)
	return nil
}

// progress draws bars on a terminal, one for each subject, or writes lines;
// elsewhere it does nothing.
type progress struct {
	mu   sync.Mutex
	pool *mpb.Progress
	bars map[string]*mpb.Bar
	show progressMode
	out  streams
}

func newProgress(s streams, wanted progressMode) *progress {
	if wanted == showBars && !s.errTTY {
		wanted = showNone
	}
	return &progress{out: s, show: wanted, bars: map[string]*mpb.Bar{}}
}

// report moves a subject's bar.
func (p *progress) report(r tool.Progress) {
	if p.show == showNone {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.show == showLines {
		if raw, err := json.Marshal(r); err == nil { // plain data always marshals
			_, _ = p.out.err.Write(append(raw, '\n'))
		}
		return
	}
	if p.pool == nil {
		p.pool = mpb.New(mpb.WithOutput(p.out.err), mpb.WithWidth(60))
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

// close ends all bars.
func (p *progress) close() {
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
