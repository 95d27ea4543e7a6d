package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// formats are the values of --output.
var formats = []string{"table", "json", "yaml", "csv"}

// printer writes results in the form that was asked for.
type printer struct {
	streams streams
	format  string
	query   *query
	plain   bool // no colour
	// followed: items of a following call were printed as they came.
	followed bool
}

func newPrinter(s streams, format, expression string, plain bool) (*printer, error) {
	if !slices.Contains(formats, format) {
		return nil, fault.New(fault.Invalid, "there is no output format %q", format).At("output").
			WithFix("the formats are %s", strings.Join(formats, ", "))
	}
	p := &printer{streams: s, format: format, plain: plain}
	if expression == "" {
		return p, nil
	}
	compiled, err := compileQuery(expression)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "--query is no JMESPath expression").At("query").WithCause("%v", err).
			WithFix("see https://jmespath.org/tutorial.html, and quote the expression for the shell")
	}
	p.query = compiled
	return p, nil
}

// result writes a whole answer.
func (p *printer) result(r *tool.Result) error {
	if p.query != nil {
		return p.queried(r.JSON)
	}
	switch p.format {
	case "json":
		return p.json(r.JSON)
	case "yaml":
		return p.yaml(r.JSON)
	case "csv":
		if g, ok := r.Output.(grid); ok {
			return p.gridCSV(g.Grid())
		}
		return p.csv(r.JSON)
	default:
		return p.table(r.Output, r.JSON)
	}
}

// asText reports whether the result is shown as its own text and nothing else.
func (p *printer) asText(r *tool.Result) bool {
	_, ok := r.Output.(interface{ Text() string })
	return ok && p.query == nil && p.format == "table"
}

// grid is an output with titles and cells of its own.
type grid interface {
	Grid() (titles []string, cells [][]string)
}

// item writes one item of a followed call on a line of its own.
func (p *printer) item(v any) error {
	p.followed = true
	if line, ok := v.(interface{ Line() string }); ok && p.format == "table" {
		_, err := fmt.Fprintln(p.streams.out, p.safe(line.Line()))
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the item cannot be written as JSON")
	}
	return p.write([]byte(text.EscapeJSON(string(raw)) + "\n"))
}

// queried writes what the --query expression picks.
func (p *printer) queried(raw json.RawMessage) error {
	whole, err := exactJSON(raw)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be read back")
	}
	picked, err := p.query.search(whole)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "--query does not fit the answer").At("query").WithCause("%v", err).
			WithFix("look at the whole answer with -o json")
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

func (p *printer) json(raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fault.Wrap(err, fault.Internal, "the answer is no JSON")
	}
	b.WriteByte('\n')
	return p.write([]byte(text.EscapeJSON(b.String())))
}

func (p *printer) write(b []byte) error {
	_, err := p.streams.out.Write(b)
	return err
}

// safe makes text harmless on a terminal: control characters, which could move
// the cursor or hide what stands there, are shown as escapes. Line breaks and
// tabs stay.
func (p *printer) safe(s string) string { return text.Escape(s, "\n\t") }
