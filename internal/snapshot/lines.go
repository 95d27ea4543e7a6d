package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// A snapshot travels as JSON Lines: a header, then for each cell a line that
// says what became of it, followed by its parts and edges, and a last line that
// counts them. docs/snapshot.md describes it.

// FormatVersion is the version of the lines that Encoder writes. Version 1 has no
// last line, and version 2 does not tell when each cell was read.
const FormatVersion = 3

// Header is the first line.
type Header struct {
	Hawser     string `json:"hawser"` // "snapshot"
	Version    int    `json:"version"`
	Connection string `json:"connection"`
	Run        RunID  `json:"run"`
	// Incomplete says why cells are missing, if the runs did not come to them.
	Incomplete string    `json:"incomplete,omitempty"`
	Taken      time.Time `json:"taken"` // when the run began; in version 1, when the file was written
}

// line is one line after the header: exactly one member is set.
type line struct {
	Cell *Outcome `json:"cell,omitempty"`
	Part *Part    `json:"entity,omitempty"`
	Edge *Edge    `json:"edge,omitempty"`
	End  *tally   `json:"end,omitempty"`
}

// tally counts the lines between the first and the last.
type tally struct {
	Cells int `json:"cells"`
	Parts int `json:"entities"`
	Edges int `json:"edges"`
}

// Encoder writes a snapshot.
type Encoder struct {
	out     *bufio.Writer
	written tally
}

// NewEncoder writes the header.
func NewEncoder(w io.Writer, h Header) (*Encoder, error) {
	e := &Encoder{out: bufio.NewWriterSize(w, 64<<10)}
	h.Hawser, h.Version = "snapshot", FormatVersion
	return e, e.write(h)
}

func (e *Encoder) write(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = e.out.Write(append(raw, '\n'))
	return err
}

// Cell writes a cell with what it holds.
func (e *Encoder) Cell(o Outcome, b *Batch) error {
	if err := e.write(line{Cell: &o}); err != nil {
		return err
	}
	for i := range b.Parts {
		if err := e.write(line{Part: &b.Parts[i]}); err != nil {
			return err
		}
	}
	for i := range b.Edges {
		if err := e.write(line{Edge: &b.Edges[i]}); err != nil {
			return err
		}
	}
	e.written.Cells++
	e.written.Parts += len(b.Parts)
	e.written.Edges += len(b.Edges)
	return nil
}

// Close writes the last line, and what is still held.
func (e *Encoder) Close() error {
	if err := e.write(line{End: &e.written}); err != nil {
		return err
	}
	return e.out.Flush()
}

// Decoder reads a snapshot.
type Decoder struct {
	Header
	lines  *bufio.Scanner
	number int
	next   *Outcome // the cell that comes
	read   tally    // the cells before it, and their contents
}

// Check reads a whole snapshot and returns what Decoder would return of it.
func Check(r io.Reader) error {
	d, err := NewDecoder(r)
	for err == nil {
		_, _, err = d.Next()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// longestLine bounds one line, in bytes.
const longestLine = 16 << 20

// NewDecoder reads the header. The error is Invalid for what is not a snapshot, or
// one of another version.
func NewDecoder(r io.Reader) (*Decoder, error) {
	d := &Decoder{lines: bufio.NewScanner(r)}
	d.lines.Buffer(make([]byte, 64<<10), longestLine)
	raw, err := d.text()
	if err != nil {
		return nil, err
	}
	if raw == nil || json.Unmarshal(raw, &d.Header) != nil || d.Hawser != "snapshot" {
		return nil, d.bad("it does not begin like a snapshot").WithFix("give a file that hawser snapshot export wrote")
	}
	if d.Version < 1 || d.Version > FormatVersion {
		return nil, d.bad("it is of version %d, and this Hawser reads versions 1 to %d", d.Version, FormatVersion).WithFix("use the Hawser that wrote it")
	}
	first, err := d.line()
	if err != nil {
		return nil, err
	}
	if first.Part != nil || first.Edge != nil {
		return nil, d.bad("it is an entity or edge of no cell")
	}
	d.next = first.Cell
	return d, d.end(first.End)
}

// Next gives the next cell with what it holds; io.EOF after the last. A cell that was
// read and has no time gets the file's, and so does the time at which it was read in a
// file that does not tell that. The error is Invalid, with the line.
func (d *Decoder) Next() (Outcome, *Batch, error) {
	if d.next == nil {
		return Outcome{}, nil, io.EOF
	}
	o, b := *d.next, &Batch{}
	for {
		l, err := d.line()
		switch {
		case err != nil:
			return o, nil, err
		case l.Part != nil:
			b.Parts = append(b.Parts, *l.Part)
		case l.Edge != nil:
			b.Edges = append(b.Edges, *l.Edge)
		default:
			if err := d.whole(o, b); err != nil {
				return o, nil, err
			}
			d.next = l.Cell
			if o.AsOf.IsZero() && (o.Read() || o.Status == Held) {
				o.AsOf = d.Taken
			}
			if d.Version < 3 && !o.AsOf.IsZero() {
				o.ReadAt = d.Taken
			}
			return o, b, d.end(l.End)
		}
	}
}

// whole counts a cell. In a file of version 1 only the cell itself can show that a
// part of it is missing.
func (d *Decoder) whole(o Outcome, b *Batch) error {
	d.read.Cells++
	d.read.Parts += len(b.Parts)
	d.read.Edges += len(b.Edges)
	if held := len(b.Parts) + len(b.Edges); d.Version == 1 && o.Status == OK && held != o.Seen {
		return d.bad("the cell %s of account %s holds %d entities and edges, and %d were written", o.Facet, o.Account, held, o.Seen)
	}
	return nil
}

// end compares the last line with what was read; nil means that it is another line.
func (d *Decoder) end(written *tally) error {
	if written == nil {
		return nil
	}
	if *written != d.read {
		return d.bad("it is not whole: it holds %s, and %s were written", d.read, *written)
	}
	if after, err := d.text(); after != nil || err != nil {
		return d.bad("there is something after its last line")
	}
	return nil
}

// String describes the tally in an error.
func (t tally) String() string {
	return fmt.Sprintf("%d cells, %d entities and %d edges", t.Cells, t.Parts, t.Edges)
}

// line reads one line after the header. It returns an empty one at the end.
func (d *Decoder) line() (line, error) {
	raw, err := d.text()
	if err != nil {
		return line{}, err
	}
	if raw == nil {
		if d.Version > 1 {
			return line{}, d.bad("it is cut off: its last line is missing")
		}
		return line{}, nil
	}
	var l line
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&l); err != nil {
		return line{}, d.bad("it does not have the form that docs/snapshot.md describes").WithCause("%v", err)
	}
	switch {
	case l.members() != 1:
	case l.Cell != nil && l.Cell.Facet != "" && l.Cell.Status != "",
		l.End != nil && d.Version > 1,
		l.Part != nil && l.Part.Kind != "" && l.Part.Key != "",
		l.Edge != nil && l.Edge.From.Key != "" && l.Edge.To.Key != "" && l.Edge.Relation != "":
		if f := l.known(); f != nil {
			f.Line = d.number
			return line{}, f
		}
		return l, nil
	}
	return line{}, d.bad("it is neither a cell nor an entity or edge of one")
}

// members counts those that are set.
func (l line) members() int {
	n := 0
	for _, set := range []bool{l.Cell != nil, l.Part != nil, l.Edge != nil, l.End != nil} {
		if set {
			n++
		}
	}
	return n
}

// text gives the next line that is not empty; nil at the end.
func (d *Decoder) text() ([]byte, error) {
	for d.lines.Scan() {
		d.number++
		if raw := text.TrimJSON(d.lines.Bytes()); len(raw) > 0 {
			return raw, nil
		}
	}
	if err := d.lines.Err(); err != nil {
		return nil, d.bad("it can't be read").WithCause("%v", err)
	}
	return nil, nil
}

func (d *Decoder) bad(format string, args ...any) *fault.Error {
	f := fault.New(fault.Invalid, format, args...).WithFix("export the snapshot again")
	f.Line = d.number
	return f
}
