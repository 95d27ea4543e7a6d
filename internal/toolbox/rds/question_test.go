package rds_test

import (
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestSQLIsAskedAboutByWhatItDoes holds the default guard: only what destroys
// is asked about.
func TestSQLIsAskedAboutByWhatItDoes(t *testing.T) {
	sim := simtest.Start(t)
	rig := toolboxtest.NewWith(t, toolboxtest.SimSettings(sim), tool.Options{Guard: tool.Guard{Confirm: []tool.Effect{tool.Destroy}}})
	for sql, want := range map[string]tool.Effect{
		"SELECT 1": "", "INSERT INTO t VALUES (1)": "", "CREATE TABLE t (a int)": "",
		"DELETE FROM t": tool.Destroy, "DROP TABLE t": tool.Destroy, "TRUNCATE t": tool.Destroy, "UPDATE t SET a = 1": tool.Destroy,
		"SELECT 1; SELECT 2": tool.Destroy, "whatever": tool.Destroy, "INSERT INTO t SELECT evil()": tool.Destroy,
	} {
		input, err := json.Marshal(map[string]string{
			"resource_arn": "arn:aws:rds:eu-west-1:444455556666:cluster:shop", "sql": sql,
			"secret_arn": "arn:aws:secretsmanager:eu-west-1:444455556666:secret:s-abcdef",
		})
		if err != nil {
			t.Fatal(err)
		}
		var a toolboxtest.No
		_, err = rig.Registry.Call(t.Context(), tool.Request{
			Tool: "rds.query", Input: input, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin}, Confirm: &a,
		})
		if a.Question.Effect != want {
			t.Errorf("%s: asked about %q, want %q (%v)", sql, a.Question.Effect, want, err)
		}
	}
}
