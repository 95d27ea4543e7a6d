package toolboxtest

import (
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/tool"
)

// Answer is a tool's output as JSON has it.
type Answer map[string]any

// AnswerOf decodes a result as a door would show it.
func AnswerOf(t testing.TB, r *tool.Result) Answer {
	t.Helper()
	var a Answer
	if err := json.Unmarshal(r.JSON, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Column returns one member of every item.
func (a Answer) Column(name string) []any {
	values := []any{}
	items, _ := a["items"].([]any)
	for _, item := range items {
		values = append(values, item.(map[string]any)[name])
	}
	return values
}
