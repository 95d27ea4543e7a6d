package audit

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Filter chooses records; its zero fields choose all.
type Filter struct {
	// Since and Until bound a record's time, both included.
	Since, Until time.Time
	// Tool is a pattern in the form of path.Match, such as "s3.*".
	Tool    string
	Actor   string
	ID      string
	Phase   Phase
	Outcome Outcome
	// Limit is the number of records wanted; 0 means 100.
	Limit int
	// Cursor is a Page's, to go on where it ended.
	Cursor string
}

// Page is a part of the answer of List.
type Page struct {
	// Records are the newest first.
	Records []Record
	// Cursor is empty if there are no older records.
	Cursor string
	// Unreadable counts the lines on the way that are no records.
	Unreadable int
}

// maxClockStep is how far clocks are trusted to keep records in order: List
// stops looking that long before Since.
const maxClockStep = 24 * time.Hour

// List reads the newest records that a filter chooses, from the file's end
// and no further than needed. Errors are of kind Invalid for a bad Tool or
// Cursor. It does not check the chain.
func (f *File) List(ctx context.Context, filter Filter) (Page, error) {
	if _, err := path.Match(filter.Tool, ""); err != nil {
		return Page{}, fault.Wrap(err, fault.Invalid, "%q is not a pattern", filter.Tool).At("tool")
	}
	file, size, err := f.snapshot(ctx)
	if err != nil {
		return Page{}, err
	}
	defer file.Close()
	if filter.Cursor != "" {
		at, err := strconv.ParseInt(filter.Cursor, 10, 64)
		if err != nil || at < 0 || at > size {
			return Page{}, fault.New(fault.Invalid, "%q is no cursor of this audit file", filter.Cursor).At("cursor")
		}
		size = at
	}
	page, err := filter.read(ctx, readBackward(file, size))
	if err != nil {
		return Page{}, readFault(err, f.path)
	}
	return page, nil
}

// read collects what the filter chooses.
func (filter *Filter) read(ctx context.Context, lines *backward) (page Page, err error) {
	limit := filter.Limit
	if limit <= 0 {
		limit = 100
	}
	for ctx.Err() == nil {
		line, at, err := lines.next()
		if errors.Is(err, io.EOF) {
			return page, nil
		}
		if err != nil {
			return page, err
		}
		if len(line) == 0 {
			continue
		}
		r, _, err := decode(line)
		if err != nil {
			page.Unreadable++
			continue
		}
		if !filter.Since.IsZero() && r.Time.Before(filter.Since.Add(-maxClockStep)) {
			return page, nil
		}
		if filter.chooses(&r) {
			page.Records = append(page.Records, r)
		}
		if len(page.Records) == limit {
			if at > 0 {
				page.Cursor = strconv.FormatInt(at, 10)
			}
			return page, nil
		}
	}
	return page, ctx.Err()
}

func (filter *Filter) chooses(r *Record) bool {
	tool := filter.Tool == ""
	if !tool {
		tool, _ = path.Match(filter.Tool, r.Tool)
	}
	return tool &&
		(filter.Since.IsZero() || !r.Time.Before(filter.Since)) &&
		(filter.Until.IsZero() || !r.Time.After(filter.Until)) &&
		(filter.Actor == "" || filter.Actor == r.Actor) &&
		(filter.ID == "" || filter.ID == r.ID) &&
		(filter.Phase == "" || filter.Phase == r.Phase) &&
		(filter.Outcome == "" || filter.Outcome == r.Outcome)
}

// snapshot opens the file for reading and gives its size between two writes.
func (f *File) snapshot(ctx context.Context) (*os.File, int64, error) {
	if err := f.begin(ctx); err != nil {
		return nil, 0, err
	}
	defer f.end()
	file, err := os.Open(f.path)
	if err != nil {
		return nil, 0, readFault(err, f.path)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, 0, readFault(err, f.path)
	}
	return file, info.Size(), nil
}

// readFault gives an error of reading, or of a context that ended.
func readFault(err error, path string) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.From(err)
	}
	return ioFault(err, "the audit file %s can't be read", path)
}
