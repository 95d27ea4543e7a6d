package mcpserver

import (
	"slices"
	"strings"
)

// separators are what stands between the columns of a table in a text.
const separators = ",;\t|"

// inNoHeader are characters that the names of columns do not have. Without them the
// lines of logs and of code are passed over.
const inNoHeader = "=:(){}<>[]"

// tables masks the columns of tables whose heads are names of secrets: CSV, with
// other separators too, and what clients of databases print.
//
// https://datatracker.ietf.org/doc/html/rfc4180#section-2
func (s scrubber) tables(text string, did *changes) string {
	var out strings.Builder
	var table columns
	done := 0
	for at := 0; at < len(text); {
		end := at + lineEnd(text[at:])
		line := strings.TrimRight(text[at:end], "\r\n")
		if table.open() && ruleOf(line) {
			at = end
			continue
		}
		var cells []span
		if table.open() {
			cells, end = cellsOf(text, at, table.separator)
			if len(cells) > table.count || len(cells) < table.count && end < len(text) {
				table, cells, end = columns{}, nil, at+lineEnd(text[at:])
			}
		}
		for i, cell := range cells {
			if of := s.cellOf(table, text, cells, i); of != noSecret && s.secretValue(text[cell.from:cell.to], of) && !short(text[cell.from:cell.to]) {
				did.masked++
				out.WriteString(text[done:cell.from] + mask)
				done = cell.to
			}
		}
		if !table.paired {
			table = table.with(s.header(line))
		}
		at = end
	}
	return out.String() + text[done:]
}

// heads is what the head of a table says of its columns, by index.
type heads struct {
	secret map[int]verdict // those that hold secrets
	// The columns of a table of names and values; -1 if there is none.
	name, value int
}

// newHeads returns what a head without columns says.
func newHeads() heads { return heads{name: -1, value: -1} }

// add notes a column with the verdict on its name.
func (h *heads) add(s scrubber, i int, name string) verdict {
	switch joined := s.joined(name); {
	case slices.Contains(s.names.pairNames, joined):
		h.name = i
	case slices.Contains(s.names.pairValues, joined):
		h.value = i
	}
	of := s.verdictOn(name)
	if of != noSecret {
		if h.secret == nil {
			h.secret = map[int]verdict{}
		}
		h.secret[i] = of
	}
	return of
}

// pairs reports whether the table is one of names and values.
func (h *heads) pairs() bool { return h.name >= 0 && h.value >= 0 }

// columns are the columns of a table with a separator.
type columns struct {
	heads
	separator byte
	count     int
	paired    bool // a table of names and values
}

// open tells whether rows are looked for.
func (c columns) open() bool { return c.paired || len(c.secret) > 0 }

// cellOf is the verdict on a cell of a row, by its column or by the name beside it.
func (s scrubber) cellOf(c columns, text string, cells []span, i int) verdict {
	if c.paired && i == c.value && c.name < len(cells) {
		name := strings.Trim(text[cells[c.name].from:cells[c.name].to], "`* \t")
		if of := s.verdictOn(name); of != noSecret {
			return of
		}
	}
	return c.secret[i]
}

// with returns a table with the columns of another line, which may be a header or a row.
func (c columns) with(further columns) columns {
	switch {
	case !further.open():
		return c
	case further.paired || c.separator != further.separator || c.count != further.count:
		return further
	}
	for i, of := range further.secret {
		c.secret[i] = of
	}
	return c
}

// longestHeader bounds the lines that are taken for the head of a table.
const longestHeader = 4096

// header is the table that a line is the head of, where it has columns of secrets.
func (s scrubber) header(line string) columns {
	if len(line) > longestHeader || !strings.ContainsAny(line, separators) || strings.ContainsAny(line, inNoHeader) {
		return columns{}
	}
	if low := lower(line); !low.holds(s.names.hints) && !low.holds(s.patterns.pairs) {
		return columns{}
	}
	c := columns{heads: newHeads()}
	for _, separator := range []byte(separators) {
		if n := strings.Count(line, string(separator)); n >= c.count {
			c.separator, c.count = separator, n+1
		}
	}
	cells, _ := cellsOf(line, 0, c.separator)
	c.count = len(cells)
	named := 0
	for i, cell := range cells {
		name := strings.TrimSpace(line[cell.from:cell.to])
		if name == "" {
			continue
		}
		named++
		c.add(s, i, name)
	}
	if named < 2 {
		return columns{}
	}
	c.paired = c.pairs()
	return c
}

// ruleOf reports whether a line is a drawn line of a table.
func ruleOf(line string) bool {
	return strings.Contains(line, "--") && strings.Trim(line, "+-|: \t") == ""
}

// cellsOf are the cells of the row that begins at an offset, without their quotes and
// blanks, and its end. A cell in quotes may have several lines.
func cellsOf(text string, at int, separator byte) (cells []span, end int) {
	for {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " "))
		cell := span{at, at}
		if at < len(text) && text[at] == '"' {
			cell.from++
			cell.to = cell.from + quotedEnd(text[cell.from:], `"`)
			at = cell.to
		}
		for at < len(text) && text[at] != separator && text[at] != '\n' {
			at++
		}
		if cell.from == cell.to {
			cell.to = cell.from + len(strings.TrimRight(text[cell.from:at], " \t\r"))
		}
		cells = append(cells, cell)
		switch {
		case at == len(text):
			return cells, at
		case text[at] == '\n':
			return cells, at + 1
		}
		at++
	}
}
