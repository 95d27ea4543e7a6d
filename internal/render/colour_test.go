package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/tool"
)

// TestColoursAreOfStates: a state has a colour, and a name that reads like one has none.
func TestColoursAreOfStates(t *testing.T) {
	type check struct {
		Name   string `json:"name" column:"NAME"`
		Status string `json:"status" column:"STATUS"`
		Note   string `json:"note" column:"NOTE"`
	}
	list := tool.List[check]{Items: []check{{"failure", "failure", "n"}, {"warning", "warning", "n"}, {"ok", "ok", "n"}}}
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p, err := New(Streams{Out: &out}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Result(&tool.Result{Output: list, JSON: raw}); err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(out.String(), "\n")
	want := "failure  \x1b[31mfailure\x1b[m  n\nwarning  \x1b[33mwarning\x1b[m  n\nok       ok       n\n"
	if rows != want {
		t.Errorf("%q", rows)
	}
}
