package toolbox_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A person is asked about the account and region that an ARN names, since the
// call would go there.
func TestQuestionsNameThePlaceOfTheARN(t *testing.T) {
	rig := toolboxtest.NewWith(t, toolboxtest.FakeSettings("http://127.0.0.1:1"), tool.Options{Guard: tool.Guard{Confirm: []tool.Effect{tool.Write}}})
	want := tool.Target{Connection: "default", Account: "444455556666", Region: "eu-west-1"}
	for name, input := range map[string]string{
		"lambda.invoke": `{"function_name": "arn:aws:lambda:eu-west-1:444455556666:function:f"}`,
		"rds.query": `{"resource_arn": "arn:aws:rds:eu-west-1:444455556666:cluster:c", "sql": "DELETE FROM t",
			"secret_arn": "arn:aws:secretsmanager:eu-west-1:444455556666:secret:s-abcdef"}`,
	} {
		var a toolboxtest.No
		_, err := rig.Registry.Call(t.Context(), tool.Request{
			Tool: name, Input: json.RawMessage(input), Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin}, Confirm: &a,
		})
		if !errors.Is(err, fault.Unconfirmed) || a.Question.Target != want {
			t.Errorf("%s: asked about %+v, %v", name, a.Question.Target, err)
		}
	}
}
