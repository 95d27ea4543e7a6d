package main

import (
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/hawser/hawser/internal/tool"
)

// progress draws bars on a terminal, one for each subject; elsewhere it draws
// nothing.
type progress struct {
	mu   sync.Mutex
	pool *mpb.Progress
	bars map[string]*mpb.Bar
	show bool
	out  streams
}

func newProgress(s streams, wanted bool) *progress {
	return &progress{out: s, show: wanted && s.errTTY, bars: map[string]*mpb.Bar{}}
}

// report moves a subject's bar.
func (p *progress) report(r tool.Progress) {
	if !p.show {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
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
		mpb.PrependDecorators(decor.Name(shorten(escapeControls(r.Subject, ""), 30), decor.WCSyncSpaceR)),
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
