package render

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/tool"
)

// The text that a query picks is written as the aws CLI writes it. Each want was written by
// format_text of awscli 2.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output
func TestTextOfAQuery(t *testing.T) {
	for in, want := range map[string]string{
		`"alone"`:                        "alone\n",
		`"two\nlines\twith a tab"`:       "two\nlines\twith a tab\n",
		`null`:                           "None\n",
		`true`:                           "True\n",
		`9007199254740993`:               "9007199254740993\n",
		`[]`:                             "",
		`{}`:                             "",
		`["a", "b", 3, null, false]`:     "a\tb\t3\tNone\tFalse\n",
		`[["a", 1], ["b", null], []]`:    "a\t1\nb\tNone\n",
		`["x", ["a", "b"], "y"]`:         "x\ty\na\tb\n",
		`[["a", ["x", "y"]], ["b", []]]`: "a\nx\ty\nb\n",
		`{"b": 1, "a": "x"}`:             "x\t1\n",
		`[{"b": 1}, {"a": "x"}, {"a": null, "b": 2}]`:                                   "\t1\nx\t\nNone\t2\n",
		`[{"id": "i-1", "tags": [{"key": "k", "value": "v"}], "groups": ["g1", "g2"]}]`: "i-1\nGROUPS\tg1\nGROUPS\tg2\nTAGS\tk\tv\n",
		`{"id": "i-1", "state": {"name": "running"}}`:                                   "i-1\nSTATE\trunning\n",
		`{"state": {"name": "running"}}`:                                                "STATE\trunning\n",
		`{"a": [["x", "y"], ["z"]]}`:                                                    "A\tx\nA\ty\nA\tz\n",
	} {
		var v any
		if err := json.Unmarshal([]byte(in), &v); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, printed(t, Streams{}, "text", "@", json.RawMessage(in))); diff != "" {
			t.Errorf("%s: -want +got\n%s", in, diff)
		}
	}
}

// TestTextOfAListing: each item is a line, with a place for each column.
func TestTextOfAListing(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	list := tool.List[catch]{Items: []catch{
		{Name: "cod\tgreen", Weight: 2.5, Landed: at, Fresh: true, Tags: map[string]string{"net": "4"}, Note: "n"},
		{Name: "eel\x1b[2J\n", Landed: at},
	}}
	want := "cod\\x09green\t2.5\t2026-03-04T05:06:07Z\tTrue\t{\"net\":\"4\"}\neel\\x1b[2J\\x0a\t0\t2026-03-04T05:06:07Z\tFalse\t\n"
	if diff := cmp.Diff(want, printed(t, Streams{Width: 20, OutTTY: true}, "text", "", list)); diff != "" {
		t.Error(diff)
	}
}

// TestWideTables have every column, and are not fitted to the terminal.
func TestWideTables(t *testing.T) {
	list := tool.List[catch]{Items: []catch{{Name: "a very long name that a narrow terminal breaks", Weight: 1}}}
	want := "NAME                                            KG  LANDED  FRESH  TAGS\na very long name that a narrow terminal breaks  1\n"
	if diff := cmp.Diff(want, printed(t, Streams{Width: 20, OutTTY: true}, "wide", "", list)); diff != "" {
		t.Error(diff)
	}
}
