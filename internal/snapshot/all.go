package snapshot

import (
	"context"
	"iter"
)

// Lister gives the entities of a filter, ordered by ID, from the one after
// Filter.After on.
type Lister interface {
	Entities(ctx context.Context, f Filter) ([]Seen, error)
}

// pageOfAll is how many entities All holds in memory.
const pageOfAll = 1000

// All gives every entity of a filter, page by page, and ends with the first
// error.
func All(ctx context.Context, st Lister, f Filter) iter.Seq2[Seen, error] {
	f.Limit = pageOfAll
	return func(yield func(Seen, error) bool) {
		for {
			page, err := st.Entities(ctx, f)
			if err != nil {
				yield(Seen{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
			f.After = page[len(page)-1].ID
		}
	}
}
