package mcpserver

import (
	"strings"
)

// gap is the least space between columns that are set out by blanks.
const gap = "  "

// aligned is a table whose columns are set out by blanks.
type aligned struct {
	heads
	// begins are the offsets at which the columns begin in the head.
	begins []int
	// names are the columns that may hold names of secrets, as of Kubernetes, which are
	// in small letters.
	names map[int]bool
	// A table is ruled if there is a drawn line below the head, and capital if the head
	// is in capitals, as kubectl and docker write it.
	paired, ruled, capital bool
}

// alignedTables masks the values in tables as kubectl, docker and vault print them.
func (s scrubber) alignedTables(text string, did *changes) string {
	var out strings.Builder
	var table *aligned
	done, begin := 0, 0
	for line := range strings.Lines(text) {
		at := begin
		begin += len(line)
		switch {
		case strings.TrimSpace(line) == "":
			table = nil
			continue
		case table != nil && ruleOf(strings.TrimSpace(line)):
			table.ruled = true
			continue
		case table == nil:
			table = s.alignedHead(line)
			continue
		}
		if next := s.alignedHead(line); next != nil && next.paired {
			table = next
			continue
		}
		row := table.row(line)
		for i, cell := range row {
			value := line[cell.from:cell.to]
			if of := s.alignedOf(table, line, row, i); of != noSecret && s.secretValue(value, of) && !short(value) {
				did.masked++
				out.WriteString(text[done:at+cell.from] + mask)
				done = at + cell.to
			}
		}
	}
	return out.String() + text[done:]
}

// alignedOf is the verdict on a cell of a row. Below the name of a secret in a head
// without a drawn line, which may be no head, only what looks like a secret is one.
func (s scrubber) alignedOf(table *aligned, line string, row []span, i int) verdict {
	if table.paired && i == table.value {
		name := line[row[table.name].from:row[table.name].to]
		if of := s.verdictOn(name); of != noSecret {
			return of
		}
	}
	of := table.secret[i]
	value := line[row[i].from:row[i].to]
	switch {
	case table.ruled:
		return of
	case !table.capital || !s.secretLike(value) || strings.ToUpper(value) == value, table.names[i] && !mixed(value):
		return noSecret
	}
	return of
}

// alignedHead is the table that a line is the head of; nil where it is none.
func (s scrubber) alignedHead(line string) *aligned {
	if len(line) > longestHeader || !strings.Contains(strings.TrimSpace(line), gap) || strings.ContainsAny(line, inNoHeader+separators+"\"'`") {
		return nil
	}
	table := &aligned{heads: newHeads(), names: map[int]bool{}, capital: strings.ToUpper(line) == line}
	for i, cell := range gapCells(line) {
		name := line[cell.from:cell.to]
		if strings.Count(name, " ") > 2 {
			return nil
		}
		table.begins = append(table.begins, cell.from)
		if table.add(s, i, name) != noSecret {
			table.names[i] = strings.HasSuffix(s.joined(name), "secret")
		}
	}
	if table.paired = table.pairs(); !table.paired && table.secret == nil {
		return nil
	}
	return table
}

// row are the cells of a line by column. Cells may be empty in a line that keeps to the
// columns of the head; of one that does not, the last cell has the rest.
func (t *aligned) row(line string) []span {
	cells := gapCells(line)
	out := make([]span, len(t.begins))
	kept, column := true, 0
	for _, cell := range cells {
		for column < len(out) && t.begins[column] < cell.from {
			column++
		}
		if kept = column < len(out) && t.begins[column] == cell.from; !kept {
			break
		}
		out[column] = cell
	}
	if kept {
		return out
	}
	clear(out)
	if len(cells) < len(out) {
		return out
	}
	copy(out, cells)
	out[len(out)-1].to = cells[len(cells)-1].to
	return out
}

// gapCells are the parts of a line between which two blanks or more stand.
func gapCells(line string) []span {
	var out []span
	for at := 0; at < len(line); {
		at += len(line[at:]) - len(strings.TrimLeft(line[at:], " "))
		end := at + until(line[at:], "\r\n")
		if i := strings.Index(line[at:end], gap); i >= 0 {
			end = at + i
		}
		if end == at {
			break
		}
		out = append(out, span{at, at + len(strings.TrimRight(line[at:end], " \t"))})
		at = end
	}
	return out
}
