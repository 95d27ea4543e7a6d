package toolbox_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestQuestions: what a person is asked before SQL runs and functions are
// invoked. Nothing is listening, so no call is made to find it out.
func TestQuestionsBeforeSQLAndFunctions(t *testing.T) {
	const here = " in 444455556666, eu-west-1?"
	query := func(sql string, more map[string]any) map[string]any {
		in := map[string]any{
			"resource_arn": "arn:aws:rds:eu-west-1:444455556666:cluster:shop", "sql": sql,
			"secret_arn": "arn:aws:secretsmanager:eu-west-1:444455556666:secret:s-abcdef",
		}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	function := func(more map[string]any) map[string]any {
		more["function_name"], more["account"], more["region"] = "checkout", "444455556666", "eu-west-1"
		return more
	}
	tests := map[string]struct {
		tool  string
		input map[string]any
		want  string
	}{
		"a deletion": {"rds.query", query("DELETE FROM orders WHERE id = 7", nil), `Run on the cluster shop: "DELETE FROM orders WHERE id = 7"`},
		"characters that hide": {
			"rds.query", query("DELETE FROM a\n -- \u202e\x1b[2K", nil), `Run on the cluster shop: "DELETE FROM a\n -- \u202e\x1b[2K"`,
		},
		"letters that are blank": {
			"rds.query", query("DELETE FROM a\u3164b", nil), `Run on the cluster shop: "DELETE FROM a\u3164b"`,
		},
		"parameters": {
			"rds.query", query("UPDATE t SET a = :a WHERE b = :b", map[string]any{"database": "orders", "parameters": map[string]any{"b": "secret", "a\u200b": 1}}),
			`Run on the cluster shop, database orders, with the parameters "a\u200b", b: "UPDATE t SET a = :a WHERE b = :b"`,
		},
		"sets": {
			"rds.query", query("INSERT INTO t VALUES (:a)", map[string]any{"parameter_sets": []any{map[string]any{"a": 1}, map[string]any{"a": 2}}}),
			`Run on the cluster shop, with 2 sets of parameters a: "INSERT INTO t VALUES (:a)"`,
		},
		"an open transaction": {
			"rds.query", query("DROP TABLE t", map[string]any{"transaction_id": "tx1"}), `Run on the cluster shop, in the open transaction tx1: "DROP TABLE t"`,
		},
		"a function": {
			"lambda.invoke", function(map[string]any{"qualifier": "12", "payload": map[string]any{"order": 8418, "note": "abcdefgh"}}),
			"Invoke the function checkout:12 with a payload of 32 bytes",
		},
		"one byte":          {"lambda.invoke", function(map[string]any{"payload": 1}), "Invoke the function checkout with a payload of 1 byte"},
		"without a payload": {"lambda.invoke", function(map[string]any{}), "Invoke the function checkout without a payload"},
		"an event, unheard": {"lambda.invoke", function(map[string]any{"type": "async", "payload": 12}), "Queue an event for the function checkout with a payload of 2 bytes"},
	}
	rig := toolboxtest.NewWith(t, toolboxtest.FakeSettings("http://127.0.0.1:1"), tool.Options{Guard: tool.Guard{Confirm: []tool.Effect{tool.Write}}})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			input, err := json.Marshal(tt.input)
			if err != nil {
				t.Fatal(err)
			}
			var a toolboxtest.No
			_, err = rig.Registry.Call(t.Context(), tool.Request{
				Tool: tt.tool, Input: input, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin}, Confirm: &a,
			})
			if !errors.Is(err, fault.Unconfirmed) {
				t.Errorf("%v", err)
			}
			if diff := cmp.Diff(tt.want+here, a.Question.Text); diff != "" {
				t.Error(diff)
			}
		})
	}
}
