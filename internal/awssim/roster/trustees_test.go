package roster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// guarded is a simulator with a bucket and a function, whose policies are about to name
// somebody of another account.
type guarded struct {
	*testing.T
	sim    *simtest.Sim
	other  *awssim.Account
	iam    *iam.Client // of the other account
	s3     *s3.Client
	lambda *lambda.Client
}

const foreigner = "arn:aws:iam::444455556666:"

func newGuarded(t *testing.T, o ...awssim.Options) guarded {
	t.Helper()
	sim := simtest.Start(t, o...)
	other := sim.AddAccount("444455556666", "other")
	g := guarded{t, sim, other, iam.NewFromConfig(sim.ConfigFor(simtest.Admin(t, other, "root").NewKey())), simtest.S3Client(sim.Config()), lambda.NewFromConfig(sim.Config())}
	if _, err := g.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("guarded")}); err != nil {
		t.Fatal(err)
	}
	if _, err := g.lambda.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String("guarded"), Role: aws.String(simtest.ServiceRole(t, sim.Account, "runs", "lambda")),
		Runtime: lambdatypes.RuntimePython312, Handler: aws.String("h.h"), Code: &lambdatypes.FunctionCode{ZipFile: []byte("PK\x05\x06" + strings.Repeat("\x00", 18))},
	}); err != nil {
		t.Fatal(err)
	}
	sim.Clock.Advance(3 * time.Second) // until the function is active
	return g
}

// allow has the bucket policy and the function's policy name a principal.
func (g guarded) allow(who string) (bucket, function error) {
	_, bucket = g.s3.PutBucketPolicy(g.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("guarded"), Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["` + simtest.Account + `","` + who + `"]},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::guarded"},` +
			`{"Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::guarded","Condition":{"ArnEquals":{"aws:PrincipalArn":"` + who + `"}}}]}`)})
	_, function = g.lambda.AddPermission(g.Context(), permission("who", who))
	return bucket, function
}

func permission(sid, who string) *lambda.AddPermissionInput {
	return &lambda.AddPermissionInput{FunctionName: aws.String("guarded"), StatementId: &sid, Action: aws.String("lambda:InvokeFunction"), Principal: &who}
}

// shown are both policies as they are shown.
func (g guarded) shown() (bucket, function string) {
	g.Helper()
	b, err := g.s3.GetBucketPolicy(g.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("guarded")})
	if err != nil {
		g.Fatal(err)
	}
	f, err := g.lambda.GetPolicy(g.Context(), &lambda.GetPolicyInput{FunctionName: aws.String("guarded")})
	if err != nil {
		g.Fatal(err)
	}
	return *b.Policy, *f.Policy
}

// want has both policies show a name in the place of the principal.
func (g guarded) want(when, name string) {
	g.Helper()
	bucket, function := g.shown()
	if !strings.Contains(bucket, `"AWS":["`+simtest.Account+`","`+name+`"]`) || !strings.Contains(function, `"Principal":{"AWS":"`+name+`"}`) {
		g.Errorf("%s: want %s, got %s and %s", when, name, bucket, function)
	}
}

// use lists the bucket and invokes the function.
func (g guarded) use(cfg aws.Config) (bucket, function error) {
	_, bucket = simtest.S3Client(cfg).ListObjectsV2(g.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("guarded")})
	_, function = lambda.NewFromConfig(cfg).Invoke(g.Context(), &lambda.InvokeInput{FunctionName: aws.String("arn:aws:lambda:us-east-1:" + simtest.Account + ":function:guarded")})
	return bucket, function
}

// TestDeletedPrincipals has the policies of a bucket and a function name a user who is
// renamed, deleted and made again.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
func TestDeletedPrincipals(t *testing.T) {
	g := newGuarded(t)
	key := func(u *awssim.User) aws.Config {
		simtest.Grant(t, u, "AdministratorAccess")
		return g.sim.ConfigFor(u.NewKey())
	}
	ada := g.other.AddUser("ada")
	if bucket, function := g.allow(ada.ARN); bucket != nil || function != nil {
		t.Fatal(bucket, function)
	}
	g.want("the user is there", foreigner+"user/ada")
	if bucket, function := g.use(key(ada)); bucket != nil || function != nil {
		t.Errorf("the user is there: %v, %v", bucket, function)
	}
	if _, err := g.iam.UpdateUser(t.Context(), &iam.UpdateUserInput{UserName: aws.String("ada"), NewUserName: aws.String("eva")}); err != nil {
		t.Fatal(err)
	}
	g.want("the user has another name", foreigner+"user/eva")
	ada.Remove()
	g.want("the user is gone", ada.ID)
	bucket, function := g.use(key(g.other.AddUser("ada")))
	simtest.WantCode(t, bucket, "AccessDenied", "")
	simtest.WantCode(t, function, "AccessDeniedException", "")
	g.want("another user has the name", ada.ID)
	if text, _ := g.shown(); !strings.Contains(text, `"aws:PrincipalArn":"`+foreigner+`user/ada"`) {
		t.Errorf("a condition was changed: %s", text)
	}
}

// TestRecreatedRole has both policies name a role that is made again.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
func TestRecreatedRole(t *testing.T) {
	g := newGuarded(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}]}`
	create := func() *awssim.Role {
		if _, err := g.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: &trust}); err != nil {
			t.Fatal(err)
		}
		simtest.Grant(t, g.other.Role("r"), "AdministratorAccess")
		return g.other.Role("r")
	}
	first := create()
	if bucket, function := g.allow(first.ARN); bucket != nil || function != nil {
		t.Fatal(bucket, function)
	}
	if bucket, function := g.use(g.sim.ConfigFor(first.NewSession("s", time.Hour))); bucket != nil || function != nil {
		t.Errorf("the role is there: %v, %v", bucket, function)
	}
	if _, err := g.iam.DetachRolePolicy(t.Context(), &iam.DetachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}); err != nil {
		t.Fatal(err)
	}
	if _, err := g.iam.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")}); err != nil {
		t.Fatal(err)
	}
	second := create()
	g.want("another role has the name", first.ID)
	bucket, function := g.use(g.sim.ConfigFor(second.NewSession("s", time.Hour)))
	simtest.WantCode(t, bucket, "AccessDenied", "")
	simtest.WantCode(t, function, "AccessDeniedException", "")
	// A policy that names whom there is not can't be saved again, and a permission can't be added to it.
	_, err := g.lambda.AddPermission(t.Context(), permission("s3", "s3.amazonaws.com"))
	simtest.WantCode(t, err, "InvalidParameterValueException", "The provided principal was invalid.")
	text, _ := g.shown()
	_, err = g.s3.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("guarded"), Policy: &text})
	simtest.WantCode(t, err, "MalformedPolicy", "Invalid principal in policy")
	if _, err := g.lambda.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: aws.String("guarded"), StatementId: aws.String("who")}); err != nil {
		t.Fatal(err)
	}
	if bucket, function := g.allow(second.ARN); bucket != nil || function != nil {
		t.Errorf("the new role is named: %v, %v", bucket, function)
	}
}

// TestUniqueIDs gives the unique id of a user who exists, which is shown by the ARN.
func TestUniqueIDs(t *testing.T) {
	g := newGuarded(t)
	if bucket, function := g.allow(g.other.AddUser("ada").ID); bucket != nil || function != nil {
		t.Fatal(bucket, function)
	}
	g.want("the user is there", foreigner+"user/ada")
}

// TestPropagatedPrincipals has policies name a user and a role that were made just now. AWS
// takes seconds until other services than IAM know them.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
func TestPropagatedPrincipals(t *testing.T) {
	g := newGuarded(t, awssim.Options{Propagation: 10 * time.Second})
	user, err := g.iam.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("new")})
	if err != nil {
		t.Fatal(err)
	}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + *user.User.Arn + `"},"Action":"sts:AssumeRole"}]}`
	role, err := g.iam.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("new"), AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatalf("IAM itself knows the user: %v", err)
	}
	for _, who := range []string{*user.User.Arn, *role.Role.Arn} {
		bucket, function := g.allow(who)
		simtest.WantCode(t, bucket, "MalformedPolicy", "Invalid principal in policy")
		simtest.WantCode(t, function, "InvalidParameterValueException", "The provided principal was invalid.")
	}
	g.sim.Clock.Advance(11 * time.Second)
	if bucket, function := g.allow(*role.Role.Arn); bucket != nil || function != nil {
		t.Error(bucket, function)
	}
}

// TestAbsentPrincipals has policies name whom there is not.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
func TestAbsentPrincipals(t *testing.T) {
	g := newGuarded(t)
	for _, who := range []string{foreigner + "user/nobody", foreigner + "role/none", foreigner + "user/*", foreigner + "group/g", "arn:aws:sts::444455556666:assumed-role/none/session", "AIDAEXAMPLEEXAMPLE123", "somebody", "11112222333"} {
		bucket, function := g.allow(who)
		simtest.WantCode(t, bucket, "MalformedPolicy", "Invalid principal in policy")
		simtest.WantCode(t, function, "InvalidParameterValueException", "The provided principal was invalid. Please check the principal and try again.")
	}
	role := &iam.CreateRoleInput{RoleName: aws.String("there"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`)}
	if _, err := g.iam.CreateRole(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	if bucket, function := g.allow("arn:aws:sts::444455556666:assumed-role/there/session"); bucket != nil || function != nil {
		t.Error(bucket, function)
	}
	for _, action := range []string{"lambda:Invoke", "lambda:RunFunction"} {
		in := permission("action", "444455556666")
		in.Action = &action
		_, err := g.lambda.AddPermission(t.Context(), in)
		simtest.WantCode(t, err, "InvalidParameterValueException", "The provided action was invalid. Please check the action and try again.")
	}
	url := permission("url", "444455556666")
	url.Action, url.InvokedViaFunctionUrl = aws.String("lambda:GetFunction"), aws.Bool(true)
	_, err := g.lambda.AddPermission(t.Context(), url)
	simtest.WantCode(t, err, "InvalidParameterValueException", "InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action")
	for _, who := range []string{"nope.example.com", "amazonaws.com", "*.amazonaws.com"} {
		_, err := g.lambda.AddPermission(t.Context(), permission("service", who))
		simtest.WantCode(t, err, "InvalidParameterValueException", "The provided principal was invalid. Please check the principal and try again.")
	}
	for sid, who := range map[string]string{"all": "*", "account": "444455556666", "root": foreigner + "root", "service": "alexa-appkit.amazon.com", "unknown": "arn:aws:iam::999988887777:role/any"} {
		if _, err := g.lambda.AddPermission(t.Context(), permission(sid, who)); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}
