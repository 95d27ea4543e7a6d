package tool

import (
	"encoding/json"

	"github.com/hawser/hawser/internal/fault"
)

// List is the output of every listing: items, a cursor to continue, and what could not
// be read.
type List[T any] struct {
	Items    []T       `json:"items"`
	Cursor   string    `json:"cursor,omitempty" jsonschema:"give it back as cursor to read on; absent at the end"`
	Failures []Failure `json:"failures,omitempty" jsonschema:"what could not be read: accounts, regions, single resources"`
	Notes    []string  `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`

	marks   []mark // where each item can be resumed; ascending
	listing string // its digest
	unseen  bool   // what it lists was never read
}

// Unseen implements Unseener.
func (l List[T]) Unseen() bool { return l.unseen }

// AsUnseen returns a listing, marked as one of data that was never read.
func AsUnseen[T any](l List[T]) List[T] {
	l.unseen = true
	return l
}

// Lines is text with several lines in a table's cell.
type Lines []string

// Failure is one account and region that could not be read, or one resource there, with
// the reason. It differs from an account that has nothing.
type Failure struct {
	Account string       `json:"account,omitempty"`
	Region  string       `json:"region,omitempty"`
	Error   *fault.Error `json:"error"`
}

// mark says that items[at:] begins in the page of the cell that token fetches, after
// the first skip items of that page.
type mark struct {
	at    int
	cell  string
	token string
	skip  int
}

// Partial implements Incomplete.
func (l List[T]) Partial() []Failure { return l.Failures }

// Verdict implements Verdicter: a fault of kind Partial where a cell could not be
// read.
func (l List[T]) Verdict() error {
	if len(l.Failures) == 0 {
		return nil
	}
	return fault.New(fault.Partial, "%d of the accounts, regions or resources could not be read", len(l.Failures)).
		WithFix("see the failures; the items are those of the others")
}

// Remarks implements Remarker.
func (l List[T]) Remarks() []string { return l.Notes }

// Rows implements Rower.
func (l List[T]) Rows() any { return l.Items }

// Cut implements Cutter: it keeps the first items whose JSON fits in max bytes, and
// sets the cursor to the first that does not fit.
func (l List[T]) Cut(limit int) (any, string) {
	room := limit - 230 - EncodedSize(l.Failures)
	for i, item := range l.Items {
		if room -= EncodedSize(item) + 1; room < 0 && i > 0 {
			return l.keep(i), "the items from the cursor on were left out"
		}
	}
	return l, ""
}

// keep returns the list with its first n items and a cursor to the next.
func (l List[T]) keep(n int) List[T] {
	if n >= len(l.Items) {
		return l
	}
	l.Cursor = l.cursorAt(n)
	l.Items = l.Items[:n]
	return l
}

// cursorAt encodes the position of item n.
func (l List[T]) cursorAt(n int) string {
	var m mark
	for _, next := range l.marks {
		if next.at > n {
			break
		}
		m = next
	}
	return cursor{Listing: l.listing, Cell: m.cell, Token: m.token, Skip: m.skip + n - m.at}.encode()
}

// EncodedSize returns the size of a value as JSON, in bytes; 0 if it cannot be encoded.
func EncodedSize(v any) int {
	raw, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(raw)
}
