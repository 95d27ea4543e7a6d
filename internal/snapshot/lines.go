package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// A snapshot travels as JSON Lines: a header, then for each cell a line that
// says what became of it, followed by its parts and edges. docs/snapshot.md
// describes it.

// FormatVersion is the version of the lines that Encoder writes.
const FormatVersion = 1

// Header is the first line.
type Header struct {
	Hawser     string    `json:"hawser"` // "snapshot"
	Version    int       `json:"version"`
	Connection string    `json:"connection"`
	Run        RunID     `json:"run"`
	Taken      time.Time `json:"taken"`
}

// line is one line after the header: exactly one member is set.
type line struct {
	Cell *Outcome `json:"cell,omitempty"`
	Part *Part    `json:"entity,omitempty"`
	Edge *Edge    `json:"edge,omitempty"`
}

// Encoder writes a snapshot.
type Encoder struct {
	out *bufio.Writer
}

// NewEncoder writes the header.
func NewEncoder(w io.Writer, h Header) (*Encoder, error) {
	e := &Encoder{bufio.NewWriterSize(w, 64<<10)}
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
	return nil
}

// Close writes what is still held.
func (e *Encoder) Close() error { return e.out.Flush() }

// Decoder reads a snapshot.
type Decoder struct {
	Header
	lines  *bufio.Scanner
	number int
	next   *Outcome // the cell that comes
}

// longestLine bounds one line, in bytes.
const longestLine = 16 << 20

// NewDecoder reads the header. The error is Invalid for what is not a snapshot, or
// one of another version.
func NewDecoder(r io.Reader) (*Decoder, error) {
	d := &Decoder{lines: bufio.NewScanner(r)}
	d.lines.Buffer(make([]byte, 64<<10), longestLine)
	raw, err := d.read()
	if err != nil {
		return nil, err
	}
	if raw == nil || json.Unmarshal(raw, &d.Header) != nil || d.Hawser != "snapshot" {
		return nil, d.bad("it does not begin like a snapshot").WithFix("give a file that hawser snapshot export wrote")
	}
	if d.Version != FormatVersion {
		return nil, d.bad("it is of version %d, and this Hawser reads version %d", d.Version, FormatVersion).WithFix("use the Hawser that wrote it")
	}
	first, _, _, err := d.line()
	if err != nil {
		return nil, err
	}
	d.next = first
	return d, nil
}

// Next gives the next cell with what it holds; io.EOF after the last. The error
// is Invalid, with the line.
func (d *Decoder) Next() (Outcome, *Batch, error) {
	if d.next == nil {
		return Outcome{}, nil, io.EOF
	}
	o, b := *d.next, &Batch{}
	for {
		cell, part, edge, err := d.line()
		switch {
		case errors.Is(err, io.EOF):
			d.next = nil
			return o, b, nil
		case err != nil:
			return o, nil, err
		case cell != nil:
			d.next = cell
			return o, b, nil
		case part != nil:
			b.Parts = append(b.Parts, *part)
		case edge != nil:
			b.Edges = append(b.Edges, *edge)
		}
	}
}

// line reads one line after the header.
func (d *Decoder) line() (*Outcome, *Part, *Edge, error) {
	raw, err := d.read()
	if err != nil {
		return nil, nil, nil, err
	}
	if raw == nil {
		return nil, nil, nil, io.EOF
	}
	var l line
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&l); err != nil {
		return nil, nil, nil, d.bad("it does not have the form that docs/snapshot.md describes").WithCause("%v", err)
	}
	switch {
	case l.Cell != nil && l.Part == nil && l.Edge == nil && l.Cell.Facet != "" && l.Cell.Status != "":
	case l.Part != nil && l.Cell == nil && l.Edge == nil && l.Part.Kind != "" && l.Part.Key != "" && d.next != nil:
	case l.Edge != nil && l.Cell == nil && l.Part == nil && l.Edge.From.Key != "" && l.Edge.To.Key != "" && l.Edge.Relation != "" && d.next != nil:
	default:
		return nil, nil, nil, d.bad("it is neither a cell nor an entity or edge of one")
	}
	if l.Cell != nil {
		d.next = l.Cell
	}
	return l.Cell, l.Part, l.Edge, nil
}

// read gives the next line that is not empty; nil at the end.
func (d *Decoder) read() ([]byte, error) {
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
