package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// table is the form for people.
const table = "table"

// off is the form that writes nothing but errors.
const off = "off"

// Formats are the forms that results can be written in.
func Formats() []string { return []string{table, "json", "yaml", "csv", off} }

// Streams are where results and what is said about them go, and who reads them.
type Streams struct {
	Out, Err io.Writer
	// OutTTY, ErrTTY: a person reads the stream on a terminal.
	OutTTY, ErrTTY bool
	// Width is the terminal's, in columns; 0 where Out is none.
	Width int
}

// Printer writes results in one of the forms.
type Printer struct {
	streams Streams
	format  string
	query   *query
	plain   bool // no colour
	// followed: items of a following call were printed as they came.
	followed bool
}

// New makes a printer. A JMESPath expression picks from each result; the empty one
// picks all. Plain is without colour. The error is of kind Invalid.
func New(s Streams, format, expression string, plain bool) (*Printer, error) {
	if !slices.Contains(Formats(), format) {
		return nil, fault.New(fault.Invalid, "there is no output format %q", format).At("output").
			WithFix("the formats are %s", strings.Join(Formats(), ", "))
	}
	p := &Printer{streams: s, format: format, plain: plain}
	if expression == "" {
		return p, nil
	}
	compiled, err := compileQuery(expression)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "--query is not a JMESPath expression").At("query").WithCause("%v", err).
			WithFix("see https://jmespath.org/tutorial.html, and quote the expression for the shell")
	}
	p.query = compiled
	return p, nil
}

// Result writes a whole answer.
func (p *Printer) Result(r *tool.Result) error {
	if p.query != nil && p.format != off {
		return p.queried(r.JSON)
	}
	switch p.format {
	case off:
		return nil
	case "json":
		return p.json(r.JSON)
	case "yaml":
		return p.yaml(r.JSON)
	case "csv":
		if g, ok := r.Output.(tool.Gridder); ok {
			return p.gridCSV(g.Grid())
		}
		return p.csv(r.JSON)
	default:
		return p.table(r.Output, r.JSON)
	}
}

// Followed reports whether items of a following call were written.
func (p *Printer) Followed() bool { return p.followed }

// Whole is the fault of an answer that is written as one text and was cut: a script
// that writes it to a file would take the beginning for the whole.
func (p *Printer) Whole(r *tool.Result) error {
	text, ok := r.Output.(tool.Wholer)
	if !ok || !p.asText(r) {
		return nil
	}
	return text.Whole()
}

// Omissions says on standard error what a result leaves out.
func (p *Printer) Omissions(r *tool.Result) {
	if p.format == off {
		p.failures(r.Failures)
		return
	}
	if r.Cut != "" {
		p.note("cut: " + r.Cut)
	}
	for _, note := range r.Notes {
		p.note("note: " + note)
	}
	p.failures(r.Failures)
	var more struct {
		Cursor string `json:"cursor"`
	}
	if p.format == table && json.Unmarshal(r.JSON, &more) == nil && more.Cursor != "" {
		p.note("more: --cursor " + more.Cursor)
	}
}

func (p *Printer) note(text string) { Note(p.streams.Err, text) }

// failures writes the cells that could not be read.
func (p *Printer) failures(failures []tool.Failure) {
	for _, f := range failures {
		cell := strings.Trim(f.Account+" "+f.Region, " ")
		_, _ = fmt.Fprintf(p.streams.Err, "not read: %s: %s\n", cell, text.Escape(f.Error.Error(), ""))
	}
}

// Note writes a line of Hawser's own.
func Note(w io.Writer, s string) { _, _ = io.WriteString(w, text.Escape(s, "")+"\n") }

// asText reports whether the result is shown as its own text and nothing else.
func (p *Printer) asText(r *tool.Result) bool {
	_, ok := r.Output.(tool.Texter)
	return ok && p.query == nil && p.format == table
}

// Item writes one item of a followed call on a line of its own.
func (p *Printer) Item(v any) error {
	p.followed = true
	if p.format == off {
		return nil
	}
	if line, ok := v.(tool.Liner); ok && p.format == table {
		_, err := fmt.Fprintln(p.streams.Out, p.safe(line.Line()))
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the item cannot be written as JSON")
	}
	return p.write([]byte(text.EscapeJSON(string(raw)) + "\n"))
}

// queried writes what the --query expression picks.
func (p *Printer) queried(raw json.RawMessage) error {
	whole, err := exactJSON(raw)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be read back")
	}
	picked, err := p.query.search(whole)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "--query does not fit the answer").At("query").WithCause("%v", err).
			WithFix("see the whole answer with -o json")
	}
	out, err := json.Marshal(picked)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be written as JSON")
	}
	switch p.format {
	case "yaml":
		return p.yaml(out)
	case "csv":
		return p.csv(out)
	case "json":
		return p.json(out)
	default:
		return p.generic(picked)
	}
}

func (p *Printer) json(raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fault.Wrap(err, fault.Internal, "the answer is not JSON")
	}
	b.WriteByte('\n')
	return p.write([]byte(text.EscapeJSON(b.String())))
}

func (p *Printer) write(b []byte) error {
	_, err := p.streams.Out.Write(b)
	return err
}

// safe makes text harmless on a terminal: control characters, which could move
// the cursor or hide what stands there, are shown as escapes. Line breaks and
// tabs stay.
func (p *Printer) safe(s string) string { return text.Escape(s, "\n\t") }
