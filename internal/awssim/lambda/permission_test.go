package lambda_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

type conditions map[string]map[string]string

// TestPermissionConditions sets every member of AddPermission that narrows a permission.
// GetPolicy shows each as a condition, and a direct call from another account, whose
// request has none of the keys, is refused.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func TestPermissionConditions(t *testing.T) {
	const invoke, byURL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
	for name, test := range map[string]struct {
		in   lambda.AddPermissionInput
		want conditions
	}{
		"by URL": {
			lambda.AddPermissionInput{Action: aws.String(invoke), InvokedViaFunctionUrl: aws.Bool(true)},
			conditions{"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
		},
		"token": {
			lambda.AddPermissionInput{Action: aws.String(invoke), EventSourceToken: aws.String("amzn1.ask")},
			conditions{"StringEquals": {"lambda:EventSourceToken": "amzn1.ask"}},
		},
		"auth type": {
			lambda.AddPermissionInput{Action: aws.String(byURL), FunctionUrlAuthType: types.FunctionUrlAuthTypeAwsIam},
			conditions{"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
		},
		"several": {lambda.AddPermissionInput{
			Action: aws.String(invoke), SourceAccount: aws.String("444455556666"), PrincipalOrgID: aws.String("o-abcdefghij"),
			EventSourceToken: aws.String("t"), SourceArn: aws.String("arn:aws:s3:::b"), InvokedViaFunctionUrl: aws.Bool(true),
		}, conditions{
			"StringEquals": {"AWS:SourceAccount": "444455556666", "aws:PrincipalOrgID": "o-abcdefghij", "lambda:EventSourceToken": "t"},
			"ArnLike":      {"AWS:SourceArn": "arn:aws:s3:::b"}, "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			sim, own := functions(t, "f")
			bob := simtest.Admin(t, sim.AddAccount("444455556666", "other"), "bob")
			in := test.in
			in.FunctionName, in.StatementId, in.Principal = aws.String("f"), aws.String("s"), aws.String("444455556666")
			if _, err := own.AddPermission(t.Context(), &in); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, shownConditions(t, own)); diff != "" {
				t.Error(diff)
			}
			_, err := lambda.NewFromConfig(sim.ConfigFor(bob.NewKey())).Invoke(t.Context(), &lambda.InvokeInput{
				FunctionName: aws.String("arn:aws:lambda:us-east-1:111122223333:function:f"),
			})
			simtest.WantCode(t, err, "AccessDeniedException", "lambda:InvokeFunction")
		})
	}
}

// shownConditions are those of the one statement of the policy of f.
func shownConditions(t *testing.T, client *lambda.Client) conditions {
	t.Helper()
	out, err := client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f")})
	if err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Statement []struct{ Condition conditions }
	}
	if err := json.Unmarshal([]byte(*out.Policy), &shown); err != nil || len(shown.Statement) != 1 {
		t.Fatalf("%s: %v", *out.Policy, err)
	}
	return shown.Statement[0].Condition
}

// TestAuthTypeNeedsInvokeFunctionUrl gives an auth type with actions that have none.
func TestAuthTypeNeedsInvokeFunctionUrl(t *testing.T) {
	_, client := functions(t, "f")
	for _, action := range []string{"lambda:InvokeFunction", "lambda:*"} {
		_, err := client.AddPermission(t.Context(), &lambda.AddPermissionInput{
			FunctionName: aws.String("f"), StatementId: aws.String("s"), Principal: aws.String("*"),
			Action: &action, FunctionUrlAuthType: types.FunctionUrlAuthTypeNone,
		})
		simtest.WantCode(t, err, "InvalidParameterValueException", "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action")
	}
}

// TestAddPermissionByAuthType lets a user add permissions for URLs with authentication
// only.
//
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func TestAddPermissionByAuthType(t *testing.T) {
	sim, _ := functions(t, "f")
	user := sim.Account.AddUser("limited")
	if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:AddPermission","Resource":"*",
		"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}}]}`); err != nil {
		t.Fatal(err)
	}
	client := lambda.NewFromConfig(sim.ConfigFor(user.NewKey()))
	add := func(kind types.FunctionUrlAuthType) error {
		_, err := client.AddPermission(t.Context(), &lambda.AddPermissionInput{
			FunctionName: aws.String("f"), StatementId: aws.String("s"), Principal: aws.String("*"),
			Action: aws.String("lambda:InvokeFunctionUrl"), FunctionUrlAuthType: kind,
		})
		return err
	}
	simtest.WantCode(t, add(types.FunctionUrlAuthTypeNone), "AccessDeniedException", "lambda:AddPermission")
	if err := add(types.FunctionUrlAuthTypeAwsIam); err != nil {
		t.Error(err)
	}
}

// TestPolicyLength adds permissions until the policy would be longer than 20 KB.
//
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
func TestPolicyLength(t *testing.T) {
	_, client := functions(t, "f")
	var err error
	for i := range 200 {
		_, err = client.AddPermission(t.Context(), &lambda.AddPermissionInput{
			FunctionName: aws.String("f"), StatementId: aws.String(fmt.Sprint("s", i)), Action: aws.String("lambda:InvokeFunction"),
			Principal: aws.String("s3.amazonaws.com"), SourceArn: aws.String("arn:aws:s3:::" + strings.Repeat("b", 60)),
		})
		if err != nil {
			break
		}
	}
	simtest.WantCode(t, err, "PolicyLengthExceededException", "is bigger than the limit (20480).")
	out, err := client.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("f")})
	if err != nil || len(*out.Policy) > 20480 || len(*out.Policy) < 20000 {
		t.Errorf("%d bytes, %v", len(aws.ToString(out.Policy)), err)
	}
}
