package render

import (
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// nasty is a name as an attacker may give it to an object, a tag or a row.
const nasty = "eel\x1b[2J\x07\u009b31m\u202egnp.exe\x7f\r\u200b\u3164\U000e0041\u2028"

func TestEveryOutputFormIsHarmlessOnATerminal(t *testing.T) {
	type odd struct {
		Name string            `json:"name" column:"NAME"`
		Tags map[string]string `json:"tags"`
		Text string            `json:"text"`
	}
	list := tool.List[odd]{Items: []odd{{Name: nasty, Tags: map[string]string{nasty: nasty}, Text: "one\n" + nasty + "\ttwo\nthree\n"}}}
	for _, format := range written() {
		for _, query := range []string{"", "items", "items[0]", "items[].name", "items[].tags", "items[].[name, text]", "items[0].text"} {
			for _, tty := range []bool{true, false} {
				got := printed(t, Streams{OutTTY: tty}, format, query, list)
				if at := strings.IndexFunc(got, func(r rune) bool { return text.Hidden(r) && r != '\n' && r != '\t' }); at >= 0 {
					t.Errorf("-o %s --query %q: %q", format, query, got)
				}
				if !strings.Contains(got, "eel") {
					t.Errorf("-o %s --query %q: the name is not there: %q", format, query, got)
				}
			}
		}
	}
}

// rowsOf is an output with cells of its own.
type rowsOf [][]string

func (r rowsOf) Grid() ([]string, [][]string) { return r[0], r[1:] }

func TestGridsAreHarmlessOnATerminal(t *testing.T) {
	for _, format := range []string{"table", "csv"} {
		got := printed(t, Streams{OutTTY: true}, format, "", rowsOf{{nasty}, {nasty}})
		if strings.ContainsFunc(got, func(r rune) bool { return text.Hidden(r) && r != '\n' }) || !strings.Contains(got, `eel\x1b[2J`) {
			t.Errorf("-o %s: %q", format, got)
		}
	}
}

func TestFollowedItemsAreHarmlessOnATerminal(t *testing.T) {
	var b strings.Builder
	p := &Printer{streams: Streams{Out: &b}, format: "json"}
	if err := p.Item(map[string]string{"text": nasty}); err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if strings.ContainsFunc(strings.TrimSuffix(b.String(), "\n"), text.Hidden) || json.Unmarshal([]byte(b.String()), &back) != nil || back["text"] != nasty {
		t.Errorf("%q", b.String())
	}
}

func TestYAMLForm(t *testing.T) {
	in := `{"items":[{"name":"a","count":12345678901234567890,"on":true,"none":null,"empty":{},"list":[],"word":"no","id":"0123",` +
		`"text":"one\ntwo\n","ctl":"a\u001b\u009b\u202e","sub":{"x":[[1,2],["a: b"]]}}],"# k":1.50}`
	want := `items:
- name: a
  count: 12345678901234567890
  "on": true
  none: null
  empty: {}
  list: []
  word: "no"
  id: "0123"
  text: |
    one
    two
  ctl: "a\x1b\u009b\u202e"
  sub:
    x:
    - - 1
      - 2
    - - "a: b"
"# k": 1.50
`
	if diff := cmp.Diff(want, yamlOf(t, in)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func yamlOf(t *testing.T, raw string) string {
	t.Helper()
	var b strings.Builder
	p := &Printer{streams: Streams{Out: &b}, format: "yaml"}
	if err := p.yaml(json.RawMessage(raw)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzYAMLReadsBack checks that what is written is what an independent reader
// of YAML finds, and that no control character is in it.
func FuzzYAMLReadsBack(f *testing.F) {
	for _, s := range []string{
		"plain", nasty, "a: b", "- a", "one\ntwo", "\nx", "x\n\n", " lead\nx", "a\r\nb", "tab\tx\n\ty", "null", "~", "1e3", "0x1f", ".5", "2026-01-02",
		"{a", "[a", "a #b", "a#", "it's", `"`, `\`, "%", "@x", "`", "\u00a0", "\ufeff", "é", "a:", "?", "? a", "<<", "=", "!t", "&a", "*a", "y", "off", "_", "", " ",
	} {
		f.Add(s, "key")
		f.Add("value", s)
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		s, name = strings.ToValidUTF8(s, "?"), strings.ToValidUTF8(name, "?")
		want := map[string]any{"a": []any{s, map[string]any{name: s}}, "z": s}
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		written := yamlOf(t, string(raw))
		if strings.ContainsFunc(written, func(r rune) bool { return text.Hidden(r) && r != '\n' }) {
			t.Fatalf("%q", written)
		}
		var got any
		if err := yaml.Unmarshal([]byte(written), &got); err != nil || !reflect.DeepEqual(want, got) {
			t.Errorf("%v:\n%s\nread as %#v, want %#v", err, written, got, want)
		}
	})
}

func FuzzCSVIsHarmless(f *testing.F) {
	f.Add("plain", nasty)
	f.Add("a,b\n\"c\"", "\ttab")
	f.Fuzz(func(t *testing.T, a, c string) {
		got := printed(t, Streams{}, "csv", "", rowsOf{{"a", "c"}, {a, c}})
		if strings.ContainsFunc(got, func(r rune) bool { return text.Hidden(r) && r != '\n' && r != '\t' }) {
			t.Errorf("%q", got)
		}
		rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][0] != text.Escape(a, "\n\t") {
			t.Errorf("%v: %q from %q", err, rows, got)
		}
	})
}
