package awssim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// awsExample is the document of
// https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html#examples
const awsExample = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`

// told writes a result as one line: action, resource, decision, matched statements and
// missing keys.
func told(r types.EvaluationResult) string {
	statements, missing := r.MatchedStatements, r.MissingContextValues
	if len(r.ResourceSpecificResults) > 0 {
		missing = r.ResourceSpecificResults[0].MissingContextValues
	}
	var by []string
	for _, s := range statements {
		by = append(by, fmt.Sprintf("%s/%s", *s.SourcePolicyId, s.SourcePolicyType))
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", *r.EvalActionName, *r.EvalResourceName, r.EvalDecision, strings.Join(by, ","), strings.Join(missing, ",")))
}

// TestSimulateCustomPolicy goes by AWS's example, and by
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
func TestSimulateCustomPolicy(t *testing.T) {
	sim := simtest.Start(t)
	client := iam.NewFromConfig(sim.Config())
	const (
		reads = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
		mine  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"},` +
			`{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]}`
		opened = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	)
	date := func(value string) []types.ContextEntry {
		return []types.ContextEntry{{ContextKeyName: aws.String("aws:CurrentTime"), ContextKeyType: types.ContextKeyTypeEnumDate, ContextKeyValues: []string{value}}}
	}
	for name, tt := range map[string]struct {
		in   iam.SimulateCustomPolicyInput
		want []string
	}{
		"AWS's example": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{awsExample}, ActionNames: []string{"dynamodb:CreateBackup"}, ContextEntries: date("2019-04-25T11:00:00Z")},
			[]string{"dynamodb:CreateBackup * allowed PolicyInputList.1/IAM Policy"},
		},
		"AWS's example, too early": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{awsExample}, ActionNames: []string{"dynamodb:CreateBackup"}, ContextEntries: date("2014-04-25T11:00:00Z")},
			[]string{"dynamodb:CreateBackup * implicitDeny"},
		},
		"a key is missing": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{awsExample}, ActionNames: []string{"dynamodb:CreateBackup", "s3:GetObject"}},
			[]string{"dynamodb:CreateBackup * implicitDeny  aws:CurrentTime", "s3:GetObject * implicitDeny"},
		},
		"a variable, and an explicit deny": {
			iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{reads, mine}, ActionNames: []string{"s3:PutObject", "s3:DeleteObject"}, ResourceArns: []string{"arn:aws:s3:::home/ada/x"},
				CallerArn: aws.String("arn:aws:iam::111122223333:user/people/ada"),
			},
			[]string{
				"s3:PutObject arn:aws:s3:::home/ada/x allowed PolicyInputList.2/IAM Policy",
				"s3:DeleteObject arn:aws:s3:::home/ada/x explicitDeny PolicyInputList.2/IAM Policy",
			},
		},
		"a boundary": {
			iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`}, PermissionsBoundaryPolicyInputList: []string{reads},
				ActionNames: []string{"s3:GetObject", "ec2:RunInstances"},
			},
			[]string{
				"s3:GetObject * allowed PolicyInputList.1/IAM Policy,PermissionsBoundaryPolicyInputList.1/IAM Policy",
				"ec2:RunInstances * implicitDeny",
			},
		},
		"another account's resource, which grants it": {
			iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{reads}, ActionNames: []string{"s3:GetObject", "s3:GetObjectAcl"}, ResourceArns: []string{"arn:aws:s3:::b/x"},
				ResourcePolicy: aws.String(opened), ResourceOwner: aws.String("arn:aws:iam::111122223333:root"), CallerArn: aws.String("arn:aws:iam::444455556666:user/bob"),
			},
			[]string{
				"s3:GetObject arn:aws:s3:::b/x allowed ResourcePolicy/Resource Policy,PolicyInputList.1/IAM Policy",
				"s3:GetObjectAcl arn:aws:s3:::b/x implicitDeny",
			},
		},
		"another account's role without its trust policy": {
			iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}`},
				ActionNames:     []string{"sts:AssumeRole"}, ResourceArns: []string{"arn:aws:iam::999988887777:role/r"},
			},
			[]string{"sts:AssumeRole arn:aws:iam::999988887777:role/r allowed PolicyInputList.1/IAM Policy"},
		},
	} {
		out, err := client.SimulateCustomPolicy(t.Context(), &tt.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, r := range out.EvaluationResults {
			got = append(got, told(r))
		}
		if name == "AWS's example" {
			by := out.EvaluationResults[0].MatchedStatements[0]
			if start, end := by.StartPosition, by.EndPosition; start.Line != 1 || start.Column != 38 || end.Line != 1 || end.Column != 167 {
				t.Errorf("the statement stands from %+v to %+v", start, end)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSimulateDetails looks at what a result says besides its decision.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
func TestSimulateDetails(t *testing.T) {
	sim := simtest.Start(t)
	client := iam.NewFromConfig(sim.Config())
	const (
		all  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
		none = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`
	)
	out, err := client.SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{all}, PermissionsBoundaryPolicyInputList: []string{all}, ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::b/x"},
		ResourcePolicy: aws.String(none), ResourceOwner: aws.String("arn:aws:iam::444455556666:root"), CallerArn: aws.String(ownPrefix + "user/ada"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := out.EvaluationResults[0]
	want := map[string]types.PolicyEvaluationDecisionType{"IAM Policy": "allowed", "Resource Policy": "explicitDeny"}
	if diff := cmp.Diff(want, got.EvalDecisionDetails); diff != "" || got.EvalDecision != "explicitDeny" {
		t.Errorf("%s, details (-want +got):\n%s", got.EvalDecision, diff)
	}
	if d := got.PermissionsBoundaryDecisionDetail; d == nil || !d.AllowedByPermissionsBoundary {
		t.Errorf("boundary: %+v", d)
	}
	if s := got.ResourceSpecificResults; len(s) != 1 || *s[0].EvalResourceName != "arn:aws:s3:::b/x" || s[0].EvalResourceDecision != "explicitDeny" || len(s[0].MatchedStatements) != 1 {
		t.Errorf("of the resource: %+v", s)
	}
}

// TestSimulatePrincipalPolicy simulates a user with its groups and its boundary, a
// group and a role, and pages.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
func TestSimulatePrincipalPolicy(t *testing.T) {
	sim := simtest.Start(t)
	a, client := sim.Account, iam.NewFromConfig(sim.Config())
	managed, err := a.AddPolicy("readers", readBuckets)
	if err != nil {
		t.Fatal(err)
	}
	ada, makers, role := a.AddUser("ada"), a.AddGroup("makers"), mustRole(t, a, "worker", trustAnyone)
	makers.AddMember(ada)
	makers.Attach(managed)
	role.Attach(managed)
	ada.Bound(managed)
	for _, err := range []error{
		ada.PutPolicy("own", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ada","ec2:Region":"x"}}}]}`),
		makers.PutPolicy("deny", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObjectAcl","Resource":"*"}]}`),
		role.PutPolicy("run", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}`),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	actions := []string{"s3:GetObject", "s3:GetObjectAcl", "ec2:RunInstances"}
	for source, want := range map[string][]string{
		"user/ada": {
			"s3:GetObject * allowed readers/IAM Policy,readers/IAM Policy", "s3:GetObjectAcl * explicitDeny group_makers_deny/IAM Policy",
			"ec2:RunInstances * implicitDeny  ec2:Region",
		},
		"group/makers": {
			"s3:GetObject * allowed readers/IAM Policy", "s3:GetObjectAcl * explicitDeny group_makers_deny/IAM Policy", "ec2:RunInstances * implicitDeny",
		},
		"role/worker": {
			"s3:GetObject * allowed readers/IAM Policy", "s3:GetObjectAcl * allowed readers/IAM Policy", "ec2:RunInstances * allowed role_worker_run/IAM Policy",
		},
	} {
		var got []string
		pages := iam.NewSimulatePrincipalPolicyPaginator(client, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(ownPrefix + source), ActionNames: actions, MaxItems: aws.Int32(2),
		})
		n := 0
		for ; pages.HasMorePages(); n++ {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.EvaluationResults {
				got = append(got, told(r))
				if bounded := r.PermissionsBoundaryDecisionDetail; (bounded != nil) != (source == "user/ada") || bounded != nil && bounded.AllowedByPermissionsBoundary != strings.HasPrefix(*r.EvalActionName, "s3:") {
					t.Errorf("%s, %s: boundary %+v", source, *r.EvalActionName, bounded)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || n != 2 {
			t.Errorf("%s, %d pages (-want +got):\n%s", source, n, diff)
		}
	}
	keys, err := client.GetContextKeysForPrincipalPolicy(t.Context(), &iam.GetContextKeysForPrincipalPolicyInput{
		PolicySourceArn: aws.String(ownPrefix + "user/ada"), PolicyInputList: []string{awsExample},
	})
	if err != nil || !slices.Equal(keys.ContextKeyNames, []string{"aws:username", "ec2:Region", "aws:CurrentTime"}) {
		t.Errorf("context keys: %+v, %v", keys, err)
	}
}

// TestContextKeys goes by
// https://docs.aws.amazon.com/cli/latest/reference/iam/get-context-keys-for-custom-policy.html#examples
func TestContextKeys(t *testing.T) {
	sim := simtest.Start(t)
	out, err := iam.NewFromConfig(sim.Config()).GetContextKeysForCustomPolicy(t.Context(), &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}","Condition":{"DateGreaterThan":{"aws:currentTime":"2015-08-16T12:00:00Z"}}}}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${*}/${aws:PrincipalTag/team, 'none'}","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}`,
		`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:userid}"}}`,
	}})
	if err != nil || !slices.Equal(out.ContextKeyNames, []string{"aws:username", "aws:currentTime", "aws:PrincipalTag/team"}) {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestSimulateRefusals holds the policy simulator to its answers to what it cannot use.
// The first three texts are AWS's; it does not publish the others.
func TestSimulateRefusals(t *testing.T) {
	sim := simtest.Start(t)
	client, all := iam.NewFromConfig(sim.Config()), `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	mustRole(t, sim.Account, "worker", trustAnyone)
	for name, tt := range map[string]struct {
		source, code, text string
		in                 iam.SimulatePrincipalPolicyInput
	}{
		"a session":      {"arn:aws:sts::111122223333:assumed-role/r/s", "InvalidInput", "does not clearly define entity type and name.", iam.SimulatePrincipalPolicyInput{}},
		"no ARN":         {"", "InvalidInput", "ResourceNames are not in a valid ARN format: x.", iam.SimulatePrincipalPolicyInput{ResourceArns: []string{"x"}}},
		"owner's number": {"", "InvalidInput", "'123456789012' is not a valid as a Resource Owner.", iam.SimulatePrincipalPolicyInput{ResourceOwner: aws.String("123456789012")}},
		"owner":          {"", "InvalidInput", "'me' is not a valid as a Resource Owner.", iam.SimulatePrincipalPolicyInput{ResourceOwner: aws.String("me")}},
		"nobody":         {ownPrefix + "user/nobody", "NoSuchEntity", "The user with name nobody cannot be found.", iam.SimulatePrincipalPolicyInput{}},
		"other path":     {ownPrefix + "role/x/worker", "NoSuchEntity", "The role with name worker cannot be found.", iam.SimulatePrincipalPolicyInput{}},
		"other account":  {"arn:aws:iam::444455556666:role/worker", "NoSuchEntity", "cannot be found", iam.SimulatePrincipalPolicyInput{}},
		"wildcard":       {"", "InvalidInput", "Invalid Action Name: s3:*", iam.SimulatePrincipalPolicyInput{ActionNames: []string{"s3:*"}}},
		"document":       {"", "InvalidInput", "Syntax errors in policy.", iam.SimulatePrincipalPolicyInput{PolicyInputList: []string{"{"}}},
		"boundaries":     {"", "InvalidInput", "Only one permissions boundary can be specified.", iam.SimulatePrincipalPolicyInput{PermissionsBoundaryPolicyInputList: []string{all, all}}},
		"caller":         {"", "InvalidInput", "does not clearly define entity type and name.", iam.SimulatePrincipalPolicyInput{CallerArn: aws.String(ownPrefix + "role/worker")}},
		"no caller":      {ownPrefix + "role/worker", "InvalidInput", "CallerArn must be specified", iam.SimulatePrincipalPolicyInput{ResourcePolicy: aws.String(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`)}},
		"no principal":   {"", "PolicyEvaluation", "without a principal", iam.SimulatePrincipalPolicyInput{ResourcePolicy: aws.String(all)}},
		"not of it": {"", "InvalidInput", "not applicable to the resource", iam.SimulatePrincipalPolicyInput{
			ResourceArns: []string{"arn:aws:s3:::b"}, ResourcePolicy: aws.String(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::other"}}`),
		}},
		"key type":    {"", "InvalidInput", "is not of type numeric", iam.SimulatePrincipalPolicyInput{ContextEntries: []types.ContextEntry{{ContextKeyName: aws.String("s3:max-keys"), ContextKeyType: "numeric", ContextKeyValues: []string{"x"}}}}},
		"key values":  {"", "InvalidInput", "has 2 values", iam.SimulatePrincipalPolicyInput{ContextEntries: []types.ContextEntry{{ContextKeyName: aws.String("aws:TagKeys"), ContextKeyType: "string", ContextKeyValues: []string{"x", "y"}}}}},
		"scenario":    {"", "InvalidInput", "needs a resource of type instance", iam.SimulatePrincipalPolicyInput{ResourceHandlingOption: aws.String("EC2-VPC-EBS"), ResourceArns: []string{"arn:aws:ec2:us-east-1::image/ami-1"}}},
		"no scenario": {"", "InvalidInput", "Invalid Resource Handling Option", iam.SimulatePrincipalPolicyInput{ResourceHandlingOption: aws.String("EC2")}},
	} {
		t.Run(name, func(t *testing.T) {
			in := tt.in
			in.PolicySourceArn = aws.String(tt.source)
			if tt.source == "" {
				in.PolicySourceArn = aws.String(ownPrefix + "user/admin")
			}
			if in.ActionNames == nil {
				in.ActionNames = []string{"s3:GetObject"}
			}
			_, err := client.SimulatePrincipalPolicy(t.Context(), &in, func(o *iam.Options) { o.RetryMaxAttempts = 1 })
			simtest.WantCode(t, err, tt.code, tt.text)
		})
	}
}
