package collect

import (
	"context"
	"iter"
	"reflect"

	"github.com/hawser/hawser/internal/fault"
)

// pager is the interface of the SDK's paginators.
type pager[Page, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Page, error)
}

// Pages returns a listing's pages, and ends with the first error. A page whose
// next token was used before would make the listing endless. That is an error,
// since the rest of the listing is unknown.
func Pages[Page, Options any](ctx context.Context, pages pager[Page, Options]) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		followed := map[string]bool{}
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			next := nextOf(page)
			if next != "" && followed[next] {
				yield(nil, ErrCircle())
				return
			}
			followed[next] = true
			if !yield(page, nil) {
				return
			}
		}
	}
}

// ErrCircle is the error of a listing that would be endless.
func ErrCircle() error {
	return fault.New(fault.Unavailable, "AWS's listing does not end: a page leads back to one that was read before").
		WithFix("sync again; if it happens again, contact AWS Support")
}

// nextOf returns the token of the next page. The services use two names for it,
// and the SDK has no method for it.
func nextOf(page any) string {
	v := reflect.ValueOf(page).Elem()
	for _, name := range []string{"NextToken", "Marker"} {
		if f := v.FieldByName(name); f.IsValid() && !f.IsNil() {
			return f.Elem().String()
		}
	}
	return ""
}
