package web

import "sync"

const (
	// largestAnswer, mostOfToken and mostAnswers limit the answers that are kept
	// for repeated calls, in bytes: one answer, the answers of one token, and
	// all.
	largestAnswer = 1 << 20
	mostOfToken   = 8 << 20
	mostAnswers   = 64 << 20
)

// answers keeps the answers of calls with an Idempotency-Key. It keeps them only
// in memory, because they may contain data that must not be written to disk. The
// oldest are dropped first.
type answers struct {
	mu    sync.Mutex
	kept  map[callKey]response
	order []callKey
	bytes map[string]int // by owner
	all   int
}

// callKey is an Idempotency-Key of its owner.
type callKey struct{ owner, key string }

func newAnswers() *answers {
	return &answers{kept: map[callKey]response{}, bytes: map[string]int{}}
}

func (a *answers) find(k callKey) (response, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.kept[k]
	return r, ok
}

// keep keeps an answer that is not too large.
func (a *answers) keep(k callKey, r response) {
	if r.size() > largestAnswer {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(k)
	a.kept[k] = r
	a.order = append(a.order, k)
	a.add(k.owner, r.size())
	for i := 0; i < len(a.order) && a.bytes[k.owner] > mostOfToken; {
		if a.order[i].owner != k.owner {
			i++
			continue
		}
		a.drop(a.order[i])
	}
	for a.all > mostAnswers {
		a.drop(a.order[0])
	}
}

// drop removes an answer, if there is one.
func (a *answers) drop(k callKey) {
	r, ok := a.kept[k]
	if !ok {
		return
	}
	delete(a.kept, k)
	for i, q := range a.order {
		if q == k {
			a.order = append(a.order[:i], a.order[i+1:]...)
			break
		}
	}
	a.add(k.owner, -r.size())
}

func (a *answers) add(owner string, n int) {
	a.all += n
	if a.bytes[owner] += n; a.bytes[owner] == 0 {
		delete(a.bytes, owner)
	}
}
