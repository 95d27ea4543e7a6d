package mcpserver

import "strings"

// inserted masks the values that a statement of SQL inserts into columns of secrets:
// INSERT INTO users (name, password) VALUES ('ada', '...').
func (s scrubber) inserted(text string, low *lowered, did *changes) string {
	if !low.holds(s.patterns.inserts) {
		return text
	}
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		at := s.patterns.insert.FindStringSubmatchIndex(text[from:])
		if at == nil {
			break
		}
		columns := strings.Split(text[from+at[2]:from+at[3]], ",")
		from += at[1]
		for from < len(text) && text[from] == '(' {
			var row []span
			row, from = s.row(text, from+1)
			for i, cell := range row {
				if i >= len(columns) || s.reveals(columns[i]) || !s.secretName(strings.Trim(columns[i], "`\"[] \t\r\n")) || !s.secretValue(text[cell.from:cell.to], aSecret) {
					continue
				}
				did.masked++
				out.WriteString(text[done:cell.from] + mask)
				done = cell.to
			}
			from += len(text[from:]) - len(strings.TrimLeft(text[from:], " \t\r\n,"))
		}
	}
	return out.String() + text[done:]
}

// row are the values of a row of SQL whose parenthesis was opened, and its end.
func (s scrubber) row(text string, from int) (row []span, end int) {
	for from < len(text) {
		from += len(text[from:]) - len(strings.TrimLeft(text[from:], " \t\r\n"))
		begin, to, quoted := s.quoted(text, from)
		if !quoted {
			begin, to = from, from+until(text[from:], ",)")
		}
		row = append(row, span{begin, to})
		from = to + until(text[to:], ",)")
		if from == len(text) || text[from] == ')' {
			return row, min(from+1, len(text))
		}
		from++
	}
	return row, from
}
