package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

type catch struct {
	Name   string            `json:"name" column:"NAME"`
	Weight float64           `json:"weight_kg" column:"KG"`
	Landed time.Time         `json:"landed" column:"LANDED"`
	Fresh  bool              `json:"fresh" column:"FRESH"`
	Tags   map[string]string `json:"tags,omitempty" column:"TAGS"`
	Note   string            `json:"note,omitempty"`
}

func printed(t *testing.T, s Streams, format, query string, v any) string {
	t.Helper()
	var out bytes.Buffer
	s.Out = &out
	p, err := New(s, Options{Format: format, Query: query, Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Result(&tool.Result{Output: v, JSON: raw}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestResultForms(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	list := tool.List[catch]{Items: []catch{
		{Name: "cod", Weight: 2.5, Landed: at, Fresh: true, Note: "net, torn"},
		{Name: "eel\x1b[2J", Weight: 1, Landed: at},
	}}
	tests := []struct{ name, format, query, want string }{
		{"table leaves empty columns out and shows controls", "table", "", `
NAME        KG   LANDED                FRESH
cod         2.5  2026-03-04 05:06:07Z  yes
eel\x1b[2J  1    2026-03-04 05:06:07Z
`},
		{"query of values", "table", "items[].name", "\ncod\neel\\x1b[2J\n"},
		{"query of pairs", "table", "items[].[name, weight_kg]", "\ncod\t2.5\neel\\x1b[2J\t1\n"},
		{"query of objects", "table", "items[].{kg: weight_kg, n: name}", "\nkg   n\n2.5  cod\n1    eel\\x1b[2J\n"},
		{"query of one value", "table", "length(items)", "\n2\n"},
		{"query as JSON", "json", "items[0].name", "\n\"cod\"\n"},
		{"csv", "csv", "", `
name,weight_kg,landed,fresh,tags,note
cod,2.5,2026-03-04T05:06:07Z,true,,"net, torn"
eel\x1b[2J,1,2026-03-04T05:06:07Z,false,,
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := "\n" + printed(t, Streams{}, tt.format, tt.query, list)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTablesFitTheTerminal(t *testing.T) {
	list := tool.List[catch]{Items: []catch{{Name: strings.Repeat("longfish ", 20), Weight: 1}}}
	for _, width := range []int{40, 80, 160} {
		for _, line := range strings.Split(printed(t, Streams{Width: width}, "table", "", list), "\n") {
			if n := len([]rune(line)); n > width {
				t.Errorf("width %d: a line of %d columns: %q", width, n, line)
			}
		}
	}
}

// What one copies stays whole: columns are left out before an id is broken.
func TestLayout(t *testing.T) {
	tests := []struct {
		name    string
		natural []int
		width   int
		want    []int
	}{
		{"all fit", []int{19, 8}, 80, []int{19, 8}},
		{"no terminal", []int{190, 80}, 0, []int{190, 80}},
		{"long text is narrowed", []int{19, 100}, 80, []int{19, 59}},
		{"two share", []int{10, 50, 100}, 80, []int{10, 22, 44}},
		{"the last short one goes", []int{19, 8, 7, 9, 10, 10, 19}, 80, []int{19, 8, 7, 9, 10, 10, 0}},
		{"before the long one", []int{19, 22, 5, 7, 5, 60}, 80, []int{19, 22, 5, 7, 0, 19}},
		{"the first stays", []int{30, 30}, 20, []int{30, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, layOut(tt.natural, tt.width).widths); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Columns say themselves which of them matter most.
func TestLayoutByRoom(t *testing.T) {
	tests := []struct {
		name    string
		natural []int
		rooms   []room
		want    []int
	}{
		{"all fit", []int{20, 20}, []room{"", roomFirst}, []int{20, 20}},
		{"the last of the first goes", []int{20, 20, 20, 20}, []room{"", roomFirst, roomFirst, ""}, []int{20, 20, 0, 20}},
		{"the last stays", []int{20, 20, 20, 20}, []room{"", "", "", roomLast}, []int{20, 20, 0, 20}},
		{"a name is broken", []int{20, 18, 30, 20}, []room{"", "", roomWrap, roomLast}, []int{20, 18, 16, 20}},
		{"but what is needed least goes before", []int{20, 20, 30, 20}, []room{"", roomFirst, roomWrap, ""}, []int{20, 0, 30, 20}},
		{"what changed is told", []int{31, 30, 12, 8, 60, 3}, []room{"", roomWrap, "", roomLast, roomWrap, roomFirst}, []int{31, 16, 0, 8, 19, 0}},
		{"two names share", []int{30, 10, 30, 12}, []room{roomWrap, "", roomWrap, ""}, []int{26, 10, 26, 12}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, layOut(tt.natural, 80, tt.rooms...).widths); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A spreadsheet computes none of the cells of CSV.
func TestCSVHasNoFormulas(t *testing.T) {
	got := printed(t, Streams{}, "csv", "", rowsOf{{"=title", "n"}, {"=1+1", "-5"}, {"+cmd|' /C calc'!A0", "'5"}, {"@SUM(A1)", "-2.5e3"}, {"-a", "+1"}})
	want := "'=title,n\n'=1+1,-5\n'+cmd|' /C calc'!A0,''5\n'@SUM(A1),-2.5e3\n'-a,+1\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("v\n'=1+1\n-5\n", printed(t, Streams{}, "csv", "[{v: `\"=1+1\"`}, {v: `-5`}]", rowsOf{{"a"}, {"b"}})); diff != "" {
		t.Error(diff)
	}
}

func TestOutlineOfAnObject(t *testing.T) {
	type hull struct {
		Name  string         `json:"name"`
		Decks []string       `json:"decks"`
		Crew  []catch        `json:"crew"`
		Size  map[string]int `json:"size"`
	}
	got := "\n" + printed(t, Streams{}, "table", "", hull{
		Name: "Ark", Decks: []string{"upper", "lower"}, Size: map[string]int{"l": 137, "w": 23},
		Crew: []catch{{Name: "Noah", Weight: 80}},
	})
	want := `
name:   Ark
decks:  upper, lower
crew:
  - fresh:      false
    landed:     0001-01-01T00:00:00Z
    name:       Noah
    weight_kg:  80
size:
  l:  137
  w:  23
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPrinterRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, tt := range []struct{ format, query, field string }{{"xml", "", "output"}, {"json", "items[", "query"}} {
		_, err := New(Streams{}, Options{Format: tt.format, Query: tt.query, Plain: true})
		f := fault.From(err)
		if !errors.Is(err, fault.Invalid) || f.Field != tt.field || f.Fix == "" {
			t.Errorf("%s %s: %v", tt.format, tt.query, err)
		}
	}
}
