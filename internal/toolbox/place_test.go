package toolbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// asked keeps the question that a call came to, and says no.
type asked struct{ question tool.Question }

func (a *asked) Confirm(_ context.Context, q tool.Question) (bool, error) {
	a.question = q
	return false, nil
}

// A person is asked about the account and region that an ARN names, since the
// call would go there.
func TestQuestionsNameThePlaceOfTheARN(t *testing.T) {
	rig := newRigWith(t, fakeSettings("http://127.0.0.1:1"), tool.Options{Guard: tool.Guard{Confirm: []tool.Effect{tool.Write}}})
	want := tool.Target{Connection: "default", Account: "444455556666", Region: "eu-west-1"}
	for name, input := range map[string]string{
		"lambda.invoke": `{"function_name": "arn:aws:lambda:eu-west-1:444455556666:function:f"}`,
		"rds.query": `{"resource_arn": "arn:aws:rds:eu-west-1:444455556666:cluster:c", "sql": "DELETE FROM t",
			"secret_arn": "arn:aws:secretsmanager:eu-west-1:444455556666:secret:s-abcdef"}`,
	} {
		var a asked
		_, err := rig.registry.Call(t.Context(), tool.Request{
			Tool: name, Input: json.RawMessage(input), Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin}, Confirm: &a,
		})
		if !errors.Is(err, fault.Unconfirmed) || a.question.Target != want {
			t.Errorf("%s: asked about %+v, %v", name, a.question.Target, err)
		}
	}
}
