package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Filter chooses records; its zero fields choose all.
type Filter struct {
	// Since and Until bound a record's time, both included.
	Since, Until time.Time
	// Tool is a pattern in the form of path.Match, such as "s3.*". It may be
	// written with _ in place of dots and hyphens, as in "s3_delete".
	Tool  string
	Actor string
	ID    string
	// Own chooses the calls of one caller alone, whatever else is chosen; nil
	// chooses everybody's.
	Own     *Caller
	Phase   Phase
	Outcome Outcome
	// Limit is the number of records wanted; 0 means 100.
	Limit int
	// Cursor is a Page's, to go on where it ended.
	Cursor string
}

// Caller is whose calls a record is of.
type Caller struct{ Door, Actor, OnBehalfOf, Token string }

// Caller is whose call the record is of.
func (r *Record) Caller() Caller { return Caller{r.Door, r.Actor, r.OnBehalfOf, r.Token} }

// Page is a part of the answer of List.
type Page struct {
	// Records are the newest first.
	Records []Record
	// Cursor is empty if there are no older records.
	Cursor string
	// Unreadable counts the lines on the way that are not records.
	Unreadable int
}

// List reads the newest records that a filter chooses, from the log's end and
// no further than needed: records tell the latest time before them, so that none
// is missed where a clock was set back. Errors are of kind Invalid for a bad
// Tool or Cursor. It does not check the chain.
func (f *File) List(ctx context.Context, filter Filter) (Page, error) {
	if _, err := path.Match(filter.Tool, ""); err != nil {
		return Page{}, fault.Wrap(err, fault.Invalid, "%q is not a pattern", filter.Tool).At("tool")
	}
	v, err := f.look(ctx)
	if err != nil {
		return Page{}, err
	}
	defer v.close()
	parts, size, err := v.from(filter.Cursor)
	if err != nil {
		return Page{}, err
	}
	var page Page
	for i := len(parts) - 1; i >= 0; i-- {
		more, err := filter.readPart(ctx, parts[i], size, &page)
		if err != nil {
			return Page{}, readFault(err, parts[i].path)
		}
		if !more {
			break
		}
		size = -1
	}
	return page, nil
}

// from gives the parts that a listing reads, and where in the last of them it
// begins; -1 is its end. A cursor is the number of a part's first record and a
// place in it, which renaming the part does not change.
func (v *view) from(cursor string) ([]part, int64, error) {
	if cursor == "" {
		return v.parts, -1, nil
	}
	wrong := fault.New(fault.Invalid, "%q is not a cursor of this audit log", cursor).At("cursor")
	first, offset, _ := strings.Cut(cursor, ".")
	number, err := strconv.ParseUint(first, 10, 64)
	at, err2 := strconv.ParseInt(offset, 10, 64)
	if err := errors.Join(err, err2); err != nil || at < 0 {
		return nil, 0, wrong
	}
	for i, p := range v.parts {
		if p.first != number {
			continue
		}
		if p.file != nil && at > p.size {
			return nil, 0, wrong
		}
		return v.parts[:i+1], at, nil
	}
	return nil, 0, wrong
}

// readPart collects what the filter chooses of one file's first size bytes, and
// reports whether to go on with the file before it.
func (filter *Filter) readPart(ctx context.Context, p part, size int64, page *Page) (more bool, err error) {
	file, end, done, err := p.open()
	if err != nil {
		return false, err
	}
	defer done()
	if size < 0 || size > end {
		size = end
	}
	return filter.read(ctx, readBackward(file, size), p, page)
}

// read collects what the filter chooses.
func (filter *Filter) read(ctx context.Context, lines *backward, p part, page *Page) (more bool, err error) {
	limit := filter.Limit
	if limit <= 0 {
		limit = 100
	}
	for ctx.Err() == nil {
		line, at, err := lines.next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if len(line) == 0 {
			continue
		}
		r, _, err := decode(line)
		if err != nil {
			page.Unreadable++
			continue
		}
		if r.Format >= format && !filter.Since.IsZero() && r.upTo().Before(filter.Since) {
			return false, nil // and so is every record before it
		}
		if filter.chooses(&r) {
			page.Records = append(page.Records, r)
		}
		if len(page.Records) == limit {
			if at > 0 || !p.oldest {
				page.Cursor = fmt.Sprintf("%d.%d", p.first, at)
			}
			return false, nil
		}
	}
	return false, ctx.Err()
}

func (filter *Filter) chooses(r *Record) bool {
	return (filter.Tool == "" || fits(filter.Tool, r.Tool)) &&
		(filter.Since.IsZero() || !r.Time.Before(filter.Since)) &&
		(filter.Until.IsZero() || !r.Time.After(filter.Until)) &&
		(filter.Own == nil || *filter.Own == r.Caller()) &&
		(filter.Actor == "" || filter.Actor == r.Actor) &&
		(filter.ID == "" || filter.ID == r.ID) &&
		(filter.Phase == "" || filter.Phase == r.Phase) &&
		(filter.Outcome == "" || filter.Outcome == r.Outcome)
}

// fits reports whether a pattern is of a tool's name, in either spelling.
func fits(pattern, name string) bool {
	as, _ := path.Match(pattern, name)
	underscored, _ := path.Match(pattern, strings.NewReplacer(".", "_", "-", "_").Replace(name))
	return as || underscored
}

// readFault gives an error of reading, or of a context that ended.
func readFault(err error, path string) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.From(err)
	}
	return ioFault(err, "the audit file %s can't be read", path)
}
