package web

import "sync"

const (
	// largestAnswer, mostOfToken and mostAnswers bound the answers that are kept
	// for repetitions, in bytes: one, those of a token, and all.
	largestAnswer = 1 << 20
	mostOfToken   = 8 << 20
	mostAnswers   = 64 << 20
)

// answers keeps what calls with an Idempotency-Key came to, in memory alone, as
// it may hold what must not lie on a disk. The oldest go first.
type answers struct {
	mu    sync.Mutex
	kept  map[place]response
	order []place
	bytes map[string]int // by owner
	all   int
}

// place is where an answer is kept.
type place struct{ owner, key string }

func newAnswers() *answers {
	return &answers{kept: map[place]response{}, bytes: map[string]int{}}
}

func (a *answers) find(p place) (response, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.kept[p]
	return r, ok
}

// keep keeps an answer that is not too large.
func (a *answers) keep(p place, r response) {
	if r.size() > largestAnswer {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(p)
	a.kept[p] = r
	a.order = append(a.order, p)
	a.add(p.owner, r.size())
	for i := 0; i < len(a.order) && a.bytes[p.owner] > mostOfToken; {
		if a.order[i].owner != p.owner {
			i++
			continue
		}
		a.drop(a.order[i])
	}
	for a.all > mostAnswers {
		a.drop(a.order[0])
	}
}

// drop forgets an answer where one is kept.
func (a *answers) drop(p place) {
	r, ok := a.kept[p]
	if !ok {
		return
	}
	delete(a.kept, p)
	for i, q := range a.order {
		if q == p {
			a.order = append(a.order[:i], a.order[i+1:]...)
			break
		}
	}
	a.add(p.owner, -r.size())
}

func (a *answers) add(owner string, n int) {
	a.all += n
	if a.bytes[owner] += n; a.bytes[owner] == 0 {
		delete(a.bytes, owner)
	}
}
