package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// The forms for people, and for the tools of a shell.
const (
	table = "table"
	wide  = "wide"
	lines = "text"
	// off writes nothing but errors.
	off = "off"
)

// Formats are the forms that results can be written in.
func Formats() []string { return []string{table, wide, lines, "json", "yaml", "csv", off} }

// CheckFormat returns a fault of kind Invalid if there is no such form. The example
// is one where the form was named, such as "--output json".
func CheckFormat(format, example string) error {
	if slices.Contains(Formats(), format) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not an output format", format).At("output").
		WithFix("write %s; the formats are %s", example, strings.Join(Formats(), ", "))
}

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
	local   bool // times for people are in the local zone
	quiet   bool
	// identifies is the member of a listing's items that names them; empty means the
	// first column.
	identifies string
	// followed: items of a following call were printed as they came.
	followed bool
}

// Options are how a printer writes.
type Options struct {
	// Format is one of Formats; empty means a table.
	Format string
	// Query is a JMESPath expression that picks from each result; empty picks all.
	Query string
	// Quiet writes only the names of a listing's items, and nothing of a call that
	// changed something.
	Quiet bool
	// Plain is without colour.
	Plain bool
	// Zone is one of Zones, for times in forms for people; empty means UTC.
	Zone string
}

// New makes a printer. The error is of kind Invalid.
func New(s Streams, o Options) (*Printer, error) {
	o.Format = cmp.Or(o.Format, table)
	if err := CheckFormat(o.Format, "--output json"); err != nil {
		return nil, err
	}
	if err := CheckZone(cmp.Or(o.Zone, zoneUTC), "--time local"); err != nil {
		return nil, err
	}
	if o.Quiet && o.Query != "" {
		return nil, fault.New(fault.Invalid, "--quiet and --query can't be used together").At("quiet").
			WithCause("each of them says what is written").WithFix("keep one of them")
	}
	if o.Format == wide {
		s.Width = 0
	}
	p := &Printer{streams: s, format: o.Format, plain: o.Plain, quiet: o.Quiet, local: o.Zone == zoneLocal}
	if o.Query == "" {
		return p, nil
	}
	compiled, err := compileQuery(o.Query)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "--query is not a JMESPath expression").At("query").WithCause("%v", err).
			WithFix(`write it in quotes for the shell, such as --query "items[?state=='running'].name"; see https://jmespath.org/tutorial.html`)
	}
	p.query = compiled
	return p, nil
}

// To has what follows written to another writer in place of standard output.
func (p *Printer) To(w io.Writer) { p.streams.Out = w }

// Identify names the member of a listing's items that identifies them.
func (p *Printer) Identify(member string) { p.identifies = member }

// Result writes a whole answer.
func (p *Printer) Result(r *tool.Result) error {
	p.nothing(r)
	if p.query != nil && p.format != off {
		return p.queried(r.JSON)
	}
	if p.quiet && p.format != off {
		if names, listing := namesOf(r, p.identifies); listing {
			return p.names(names)
		}
		if r.Effect.Exceeds(tool.Read) {
			return nil
		}
	}
	switch p.format {
	case off:
		return nil
	case "json":
		return p.json(r.JSON)
	case "yaml":
		return p.yaml(r.JSON)
	case "csv":
		return p.outputCSV(r.Output, r.JSON)
	case lines:
		return p.tabbed(r.Output, r.JSON)
	default:
		return p.table(r.Output, r.JSON)
	}
}

// nothing says on standard error that a listing has no items, where its form does not show
// it to a program. A page without items may be followed by others.
func (p *Printer) nothing(r *tool.Result) {
	l, ok := r.Output.(tool.Rower)
	if !ok || p.query != nil || p.format == off || !p.showsNoCursor() {
		return
	}
	if rows := reflect.ValueOf(l.Rows()); rows.Kind() == reflect.Slice && rows.Len() == 0 && cursorOf(r) == "" {
		p.note(cmp.Or(r.Nothing, "nothing found"))
	}
}

// cursorOf returns the cursor of a listing that goes on.
func cursorOf(r *tool.Result) string {
	var more struct {
		Cursor string `json:"cursor"`
	}
	if json.Unmarshal(r.JSON, &more) != nil {
		return ""
	}
	return more.Cursor
}

// names writes the names of a listing's items, for people and for a shell one a line.
func (p *Printer) names(names []any) error {
	if !p.forPeople() && p.format != lines {
		return p.picked(names)
	}
	var b tabs
	for _, name := range names {
		b.line([]string{jsonOrScalar(name)})
	}
	return p.write([]byte(b.String()))
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
	if cursor := cursorOf(r); p.showsNoCursor() && cursor != "" {
		p.note("more: --cursor " + cursor)
	}
}

// showsNoCursor reports whether the cursor of a listing is not part of what is written.
func (p *Printer) showsNoCursor() bool {
	return p.quiet || p.forPeople() || p.format == lines || p.format == "csv"
}

// forPeople reports whether results are laid out as tables.
func (p *Printer) forPeople() bool { return p.format == table || p.format == wide }

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
	return ok && p.query == nil && (p.forPeople() || p.format == lines)
}

// Item writes one item of a followed call on a line of its own.
func (p *Printer) Item(v any) error {
	p.followed = true
	if p.format == off {
		return nil
	}
	if line, ok := v.(tool.Liner); ok && (p.forPeople() || p.format == lines) {
		at, text := line.Line()
		_, err := fmt.Fprintln(p.streams.Out, p.safe(p.zonedAs(at, "2006-01-02 15:04:05.000")+"  "+text))
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
	return p.picked(picked)
}

// picked writes a part of an answer.
func (p *Printer) picked(picked any) error {
	if p.format == lines {
		return p.awsText(picked)
	}
	out, err := json.Marshal(picked)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be written as JSON")
	}
	switch p.format {
	case "yaml":
		return p.yaml(out)
	case "csv":
		return p.csv(out, nil)
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
