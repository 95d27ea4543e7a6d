package render

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
)

// gap stands between two columns.
const gap = 2

const (
	// widestWhole is how wide a column may be that is never broken, so that
	// what one copies, ids and times, stays in one piece.
	widestWhole = 32
	// narrowest is how far a wider column may be narrowed.
	narrowest = 16
)

// room is what becomes of a column if there is not enough room.
type room string

const (
	// roomFirst is for columns that are left out before all others.
	roomFirst room = "first"
	// roomLast is for those that are left out after all others.
	roomLast room = "last"
	// roomWrap is for names, which are broken as long texts are.
	roomWrap room = "wrap"
)

// layout is how columns share a width.
type layout struct {
	natural, widths []int // by column; a width is 0 where the column is left out
	rooms           []room
}

// layOut fits columns into a width, 0 being any. Columns of long text are
// narrowed; where that is not enough others are left out, from the last on.
// Rooms has an element for each column, or none.
func layOut(natural []int, width int, rooms ...room) layout {
	if rooms == nil {
		rooms = make([]room, len(natural))
	}
	l := layout{natural, slices.Clone(natural), rooms}
	for width > 0 && l.total() > width {
		long, whole := l.long()
		if l.share(long, width-whole) {
			return l
		}
		if !l.drop() {
			return l
		}
		for _, i := range long {
			if l.widths[i] > 0 {
				l.widths[i] = natural[i] // shared anew
			}
		}
	}
	return l
}

// isLong reports whether a column may be narrowed. A name is, if all columns that go
// first are gone.
func (l layout) isLong(i int) bool {
	if l.rooms[i] == roomWrap && l.natural[i] > narrowest && !l.has(roomFirst) {
		return true
	}
	return l.natural[i] > widestWhole
}

// has reports whether there is a column of the room.
func (l layout) has(which room) bool {
	for i, w := range l.widths {
		if w > 0 && i > 0 && l.rooms[i] == which {
			return true
		}
	}
	return false
}

// long are the columns of long text, beside the width of all that stays whole.
func (l layout) long() (columns []int, whole int) {
	for i, w := range l.natural {
		switch {
		case l.widths[i] == 0:
		case l.isLong(i):
			columns = append(columns, i)
		default:
			whole += w + gap
		}
	}
	return columns, whole
}

func (l layout) total() int {
	total := -gap
	for _, w := range l.widths {
		if w > 0 {
			total += w + gap
		}
	}
	return total
}

// share divides room among the columns of long text, and reports whether it was
// enough. No column gets more than it needs, and what it leaves goes to the wider ones.
func (l layout) share(long []int, room int) bool {
	if len(long) == 0 {
		return false
	}
	room -= gap * (len(long) - 1)
	enough := room >= narrowest*len(long)
	wants := 0
	for _, i := range long {
		wants += l.natural[i]
	}
	narrowFirst := slices.SortedFunc(slices.Values(long), func(a, b int) int { return cmp.Compare(l.natural[a], l.natural[b]) })
	for _, i := range narrowFirst {
		l.widths[i] = max(narrowest, min(l.natural[i], room*l.natural[i]/max(1, wants)))
		room, wants = room-l.widths[i], wants-l.natural[i]
	}
	return enough
}

// drop leaves out a column, but never the first: one of those that go first, else one of
// the others that is not of long text, from the last on. If only long texts are left, one
// of them goes, since no line may be wider than the terminal.
func (l layout) drop() bool {
	for _, long := range []bool{false, true} {
		for _, which := range []room{roomFirst, "", roomWrap, roomLast} {
			for i := len(l.natural) - 1; i > 0; i-- {
				if l.rooms[i] == which && l.widths[i] > 0 && (long || which == roomFirst || !l.isLong(i)) {
					l.widths[i] = 0
					return true
				}
			}
		}
	}
	return false
}

// grid writes titles and cells in aligned columns that fit the terminal; for rooms see
// layOut.
func (p *Printer) grid(titles []string, cells [][]string, rooms ...room) error {
	natural := make([]int, len(titles))
	for _, row := range append([][]string{titles}, cells...) {
		for i, text := range row {
			natural[i] = max(natural[i], lipgloss.Width(text))
		}
	}
	l := layOut(natural, p.streams.Width, rooms...)
	var b strings.Builder
	style := lipgloss.NewStyle().Bold(true)
	for _, line := range l.lines(titles, nil) {
		if !p.plain {
			line = style.Render(line)
		}
		b.WriteString(line + "\n")
	}
	for _, row := range cells {
		for _, line := range l.lines(row, p.painter(titles, row)) {
			b.WriteString(line + "\n")
		}
	}
	if err := p.write([]byte(b.String())); err != nil {
		return err
	}
	return p.leftOut(titles, l)
}

// leftOut names the columns for which there was no room.
func (p *Printer) leftOut(titles []string, l layout) error {
	var names []string
	for i, w := range l.widths {
		if w == 0 && titles[i] != "" {
			names = append(names, titles[i])
		}
	}
	if len(names) == 0 {
		return nil
	}
	_, err := p.streams.Err.Write([]byte("no room for " + strings.Join(names, ", ") + "; widen the terminal, or see -o yaml\n"))
	return err
}

// painter returns the function that colours the lines of a row's cells; nil for none.
func (p *Printer) painter(titles, row []string) func(column int, line string) string {
	if p.plain {
		return nil
	}
	return func(column int, line string) string { return paint(titles[column], row[column], line) }
}

// lines are a row's. Paint, if not nil, colours a line of the cell of a column.
func (l layout) lines(row []string, paint func(column int, line string) string) []string {
	var columns [][]string
	height := 0
	for i, text := range row {
		lines := []string{}
		if l.widths[i] > 0 {
			lines = breakText(text, l.widths[i])
		}
		columns = append(columns, lines)
		height = max(height, len(lines))
	}
	out := make([]string, height)
	for n := range out {
		var line strings.Builder
		for i, lines := range columns {
			if l.widths[i] == 0 {
				continue
			}
			text := ""
			if n < len(lines) {
				text = lines[n]
			}
			padding := strings.Repeat(" ", max(0, l.widths[i]-lipgloss.Width(text))+gap)
			if paint != nil && text != "" {
				text = paint(i, text)
			}
			line.WriteString(text + padding)
		}
		out[n] = strings.TrimRight(line.String(), " ")
	}
	return out
}

// breakText breaks a cell between words, and words only where they are longer
// than a line.
func breakText(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		_, indent := indentOf(line)
		if lipgloss.Width(indent) > width/2 {
			indent = ""
		}
		for _, part := range wrapLine(line, width) {
			for lipgloss.Width(part) > width {
				head, rest := cutAt(part, width)
				out, part = append(out, head), indent+rest
			}
			out = append(out, part)
		}
	}
	return out
}

// cutAt cuts a text at so many columns.
func cutAt(text string, width int) (head, rest string) {
	for i := range text {
		if i > 0 && lipgloss.Width(text[:i]) >= width {
			return text[:i], text[i:]
		}
	}
	return text, ""
}
