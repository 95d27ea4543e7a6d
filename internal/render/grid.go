package render

import (
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

// layout is how columns share a width.
type layout struct {
	widths []int // by column; 0 where it is left out
}

// layOut fits columns into a width, 0 being any. Columns of long text are
// narrowed; where that is not enough the last of the others are left out.
func layOut(natural []int, width int) layout {
	l := layout{slices.Clone(natural)}
	for width > 0 && l.total() > width {
		long, whole := l.long(natural)
		if l.share(natural, long, width-whole) {
			return l
		}
		if !l.drop(natural) {
			return l
		}
		for _, i := range long {
			l.widths[i] = natural[i] // shared anew
		}
	}
	return l
}

// long are the columns of long text, beside the width of all that stays whole.
func (l layout) long(natural []int) (columns []int, whole int) {
	for i, w := range natural {
		switch {
		case l.widths[i] == 0:
		case w > widestWhole:
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
// enough.
func (l layout) share(natural, long []int, room int) bool {
	if len(long) == 0 {
		return false
	}
	room -= gap * (len(long) - 1)
	wants := 0
	for _, i := range long {
		wants += natural[i]
	}
	for _, i := range long {
		l.widths[i] = max(narrowest, min(natural[i], room*natural[i]/wants))
	}
	return room >= narrowest*len(long)
}

// drop leaves out the last column that is not of long text, but never the
// first.
func (l layout) drop(natural []int) bool {
	for i := len(natural) - 1; i > 0; i-- {
		if l.widths[i] > 0 && natural[i] <= widestWhole {
			l.widths[i] = 0
			return true
		}
	}
	return false
}

// grid writes titles and cells in aligned columns that fit the terminal.
func (p *Printer) grid(titles []string, cells [][]string) error {
	natural := make([]int, len(titles))
	for _, row := range append([][]string{titles}, cells...) {
		for i, text := range row {
			natural[i] = max(natural[i], lipgloss.Width(text))
		}
	}
	l := layOut(natural, p.streams.Width)
	var b strings.Builder
	style := lipgloss.NewStyle().Bold(true)
	for _, line := range l.lines(titles) {
		if !p.plain {
			line = style.Render(line)
		}
		b.WriteString(line + "\n")
	}
	for _, row := range cells {
		for _, line := range l.lines(row) {
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

// lines are a row's.
func (l layout) lines(row []string) []string {
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
			line.WriteString(text + strings.Repeat(" ", max(0, l.widths[i]-lipgloss.Width(text))+gap))
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
		for _, part := range wrapLine(line, width) {
			for lipgloss.Width(part) > width {
				head, rest := cutAt(part, width)
				out, part = append(out, head), rest
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
