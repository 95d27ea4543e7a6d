package tool

import (
	"context"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// Batch is one page of a listing as a service gives it.
type Batch[T any] struct {
	Items []T
	Next  string // the token of the next page; "" at the end
	// Here is the token of this page. It is set if the token that fetched the page
	// would not always return the same page, as for the first page of a listing that
	// ends at the present.
	Here string
	// Failures are resources of the page that could not be read.
	Failures []Failure
}

// Fetch reads the page of a cell that token names ("" is the first), with at most limit
// items (0: as many as the service returns).
type Fetch[T any] func(ctx context.Context, cell Target, token string, limit int) (Batch[T], error)

// parallelCells is how many cells are read at the same time.
const parallelCells = 16

// Gather reads a listing from its cells in parallel, and returns the items in the order
// of the cells, up to the page's limit. With one cell an error is the listing's error.
// With several cells it becomes the Failure of its cell.
func Gather[T any](ctx context.Context, cells []Target, page Page, fetch Fetch[T]) (List[T], error) {
	from, err := parseCursor(page.Cursor)
	if err != nil {
		return List[T]{}, err
	}
	listing := listingOf(ctx)
	if err := from.of(listing); err != nil {
		return List[T]{}, err
	}
	if cells, err = cellsFrom(cells, from); err != nil {
		return List[T]{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := readAll(ctx, cells, from, page.Limit, fetch)
	out := List[T]{Items: []T{}, listing: listing}
	for i, cell := range cells {
		part := <-parts[i]
		parallel.Rethrow(part.err)
		if part.err != nil && len(cells) == 1 {
			return List[T]{}, part.err
		}
		out.append(cell, part)
		if page.Limit > 0 && len(out.Items) > page.Limit {
			return out.keep(page.Limit), nil
		}
		if page.Limit > 0 && len(out.Items) == page.Limit && (part.next != "" || i+1 < len(cells)) {
			at := resume(cells, i, part.next)
			at.Listing = listing
			out.Cursor = at.encode()
			return out, nil
		}
	}
	return out, ctx.Err()
}

// part is the result of one cell.
type part[T any] struct {
	items []T
	marks []mark
	next  string
	fails []Failure
	err   error
}

// readAll reads the cells, a bounded number at a time, and returns a channel for each.
func readAll[T any](ctx context.Context, cells []Target, from cursor, limit int, fetch Fetch[T]) []chan part[T] {
	parts := make([]chan part[T], len(cells))
	for i := range parts {
		parts[i] = make(chan part[T], 1)
	}
	slots := make(chan struct{}, parallelCells)
	read := func(i int) {
		defer func() { <-slots }()
		at := cursor{}
		if i == 0 {
			at = from
		}
		parts[i] <- readSafely(ctx, cells[i], at, limit, fetch)
	}
	go func() {
		for i := range cells {
			slots <- struct{}{}
			go read(i)
		}
	}()
	return parts
}

// readSafely is readCell, but passes a panic to the goroutine of the call as an error.
func readSafely[T any](ctx context.Context, cell Target, from cursor, limit int, fetch Fetch[T]) part[T] {
	var p part[T]
	if err := parallel.Safely(func() error {
		p = readCell(ctx, cell, from, limit, fetch)
		return nil
	}); err != nil {
		p.err = err
	}
	return p
}

// readCell reads one cell page by page, from a cursor on.
func readCell[T any](ctx context.Context, cell Target, from cursor, limit int, fetch Fetch[T]) part[T] {
	var p part[T]
	token, skip := from.Token, from.Skip
	followed := map[string]bool{}
	for {
		if err := ctx.Err(); err != nil {
			p.err = err
			return p
		}
		ask := 0
		if limit > 0 {
			ask = limit - len(p.items) + skip
		}
		batch, err := fetch(ctx, cell, token, ask)
		if err != nil {
			p.err = err
			return p
		}
		if batch.Here != "" {
			token = batch.Here
		}
		skip = min(skip, len(batch.Items))
		p.marks = append(p.marks, mark{at: len(p.items), cell: cell.key(), token: token, skip: skip})
		p.items = append(p.items, batch.Items[skip:]...)
		p.fails = append(p.fails, batch.Failures...)
		skip = 0
		if p.next = batch.Next; p.next == "" || (limit > 0 && len(p.items) >= limit) {
			return p
		}
		if followed[p.next] {
			p.err = ErrCircle()
			return p
		}
		token = p.next
		followed[token] = true
	}
}

// ErrCircle returns the failure of a listing in which a page leads back to one that was
// read before: the rest of the listing is unknown.
func ErrCircle() *fault.Error {
	return fault.New(fault.Unavailable, "the listing does not end: a page leads back to one that was read before").
		WithFix("call again; if it happens again, check the endpoint of the connection")
}

// append adds a cell's part.
func (l *List[T]) append(cell Target, p part[T]) {
	for _, m := range p.marks {
		m.at += len(l.Items)
		l.marks = append(l.marks, m)
	}
	l.Items = append(l.Items, p.items...)
	l.Failures = append(l.Failures, p.fails...)
	if p.err != nil {
		l.Failures = append(l.Failures, Failure{Account: cell.Account, Region: cell.Region, Error: fault.From(p.err)})
	}
}

// resume returns the position after everything that was read: in cell i if it has more,
// else at the start of the next cell.
func resume(cells []Target, i int, next string) cursor {
	if next == "" {
		return cursor{Cell: cells[i+1].key()}
	}
	return cursor{Cell: cells[i].key(), Token: next}
}

// cellsFrom drops the cells before the cursor's.
func cellsFrom(cells []Target, from cursor) ([]Target, error) {
	if from.Cell == "" {
		return cells, nil
	}
	i := slices.IndexFunc(cells, func(c Target) bool { return c.key() == from.Cell })
	if i < 0 {
		return nil, errOtherListing()
	}
	return cells[i:], nil
}

func (t Target) key() string { return t.Account + "/" + t.Region }
