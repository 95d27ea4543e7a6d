package render

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/tool"
)

// TestQuiet writes the names of items alone, in every form.
func TestQuiet(t *testing.T) {
	list := tool.List[catch]{Items: []catch{{Name: "cod", Note: "n-1"}, {Name: "eel\n", Note: "n-2"}, {Name: "ray"}}}
	tests := []struct {
		name, format, member string
		out                  any
		effect               tool.Effect
		want                 string
	}{
		{"the first column", "table", "", list, tool.Read, "cod\neel\\x0a\nray\n"},
		{"what completion takes, and the first column of an item without it", "table", "note", list, tool.Read, "n-1\nn-2\nray\n"},
		{"text", "text", "", list, tool.Read, "cod\neel\\x0a\nray\n"},
		{"json", "json", "note", list, tool.Read, "[\n  \"n-1\",\n  \"n-2\",\n  \"ray\"\n]\n"},
		{"nothing listed", "table", "", tool.List[catch]{Items: []catch{}}, tool.Read, ""},
		{"rows with titles of their own", "table", "", rowsOf{{"A", "B"}, {"1", "2"}}, tool.Read, "1\n"},
		{"what was changed", "table", "", map[string]any{"key": "a"}, tool.Write, ""},
		{"one thing that was read", "table", "", map[string]any{"key": "a"}, tool.Read, "key:  a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			p, err := New(Streams{Out: &out, Err: io.Discard}, Options{Format: tt.format, Quiet: true, Plain: true})
			if err != nil {
				t.Fatal(err)
			}
			p.Identify(tt.member)
			raw, err := json.Marshal(tt.out)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Result(&tool.Result{Output: tt.out, JSON: raw, Effect: tt.effect}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
