package setup_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/setup"
)

var uses = []setup.Use{
	{By: "s3.list", Action: "s3:ListAllMyBuckets", Resource: "*"},
	{By: "s3.list", Action: "s3:ListBucket", Resource: "arn:{partition}:s3:::{bucket}"},
	{By: "s3.get", Action: "s3:GetObject", Resource: "arn:{partition}:s3:::{bucket}/{key}"},
	{By: "ec2.list", Action: "ec2:DescribeInstances", Resource: "*"},
	{By: "ec2.stop", Action: "ec2:StopInstances", Resource: "arn:{partition}:ec2:{region}:{account}:instance/{instance_ids}", Changes: true},
	{By: "lambda.get-logs", Action: "logs:FilterLogEvents", Resource: "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/{function_name}:*"},
	{By: "rds.query", Action: "rds-data:ExecuteStatement", Resource: "{resource_arn}"},
	{By: "sync.keys", Action: "iam:ListAccessKeys", Resource: "*"},
	{By: "sync", Action: "iam:GetPolicy", Resource: "*"},
	{By: "sync.organization", Action: "organizations:ListAccounts", Resource: "*"},
	{By: "sync.organization", Action: "organizations:ListTagsForResource", Resource: "*"},
	{By: "sync.organization", Action: "organizations:DescribePolicy", Resource: "*"},
}

// made returns the documents of uses in a scope, parsed by the strict grammar of identity
// policies.
func made(t *testing.T, s setup.Scope) []*policy.Document {
	t.Helper()
	s.Partition = "aws"
	list, err := setup.Policies("hawser", setup.Managed, s, uses)
	if err != nil {
		t.Fatal(err)
	}
	var docs []*policy.Document
	for _, p := range list {
		doc, err := policy.ParseAs(policy.Identity, p.Document)
		if err != nil {
			t.Fatalf("%v\n%s", err, p.Document)
		}
		docs = append(docs, doc)
	}
	return docs
}

func allows(docs []*policy.Document, r reference.Request) bool {
	for _, doc := range docs {
		if reference.Evaluate(doc, r).Outcome == reference.Allowed {
			return true
		}
	}
	return false
}

// TestPoliciesAllowWhatIsUsedAndNoMore asks the reference evaluator what policies decide
// in several scopes.
func TestPoliciesAllowWhatIsUsedAndNoMore(t *testing.T) {
	narrow := setup.Scope{
		Accounts: []string{"111122223333"}, Regions: []string{"eu-west-1"}, Buckets: []string{"harbour"}, Prefixes: []string{"logs/", "a*b/"},
		Functions: []string{"checkout"}, InstanceTags: map[string]string{"team": "shop"},
	}
	object := func(name string) reference.Request {
		return reference.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::" + name, Context: reference.Context{"s3:ResourceAccount": {"111122223333"}}}
	}
	listing := func(bucket, prefix string) reference.Request {
		return reference.Request{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket, Context: reference.Context{"s3:prefix": {prefix}, "s3:ResourceAccount": {"111122223333"}}}
	}
	stop := func(account, region, team string) reference.Request {
		return reference.Request{
			Action: "ec2:StopInstances", Resource: fmt.Sprintf("arn:aws:ec2:%s:%s:instance/i-1", region, account),
			Context: reference.Context{"aws:ResourceTag/team": {team}},
		}
	}
	describe := func(region string) reference.Request {
		return reference.Request{Action: "ec2:DescribeInstances", Context: reference.Context{"aws:RequestedRegion": {region}}}
	}
	on := func(action, resource string) reference.Request {
		return reference.Request{Action: action, Resource: resource}
	}
	for name, test := range map[string]struct {
		request      reference.Request
		wide, narrow bool
	}{
		"an object beneath a prefix":      {object("harbour/logs/1"), true, true},
		"an object elsewhere":             {object("harbour/etc/1"), true, false},
		"a prefix with a star, literally": {object("harbour/a*b/1"), true, true},
		"a star is no wildcard":           {object("harbour/axxb/1"), true, false},
		"another bucket":                  {object("pier/logs/1"), true, false},
		"a listing beneath a prefix":      {listing("harbour", "logs/"), true, true},
		"a listing of everything":         {listing("harbour", ""), true, false},
		"a listing of another bucket":     {listing("pier", "logs/"), true, false},
		"the buckets":                     {on("s3:ListAllMyBuckets", ""), true, true},
		"a tagged instance":               {stop("111122223333", "eu-west-1", "shop"), true, true},
		"an instance of another team":     {stop("111122223333", "eu-west-1", "pay"), true, false},
		"an instance of another account":  {stop("444455556666", "eu-west-1", "shop"), true, false},
		"an instance in another region":   {stop("111122223333", "eu-west-2", "shop"), true, false},
		"instances of the region":         {describe("eu-west-1"), true, true},
		"instances of another region":     {describe("us-east-1"), true, false},
		"a function's log":                {on("logs:FilterLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/checkout:*"), true, true},
		"another function's log":          {on("logs:FilterLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/cart:*"), true, false},
		"another log":                     {on("logs:FilterLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/app:*"), false, false},
		"a database":                      {on("rds-data:ExecuteStatement", "arn:aws:rds:eu-west-1:111122223333:cluster:shop"), true, true},
		"keys of a user with a path":      {on("iam:ListAccessKeys", "arn:aws:iam::111122223333:user/ci/deploy"), true, true},
		"keys of another account":         {on("iam:ListAccessKeys", "arn:aws:iam::444455556666:user/deploy"), true, false},
		"a policy of the account":         {on("iam:GetPolicy", "arn:aws:iam::111122223333:policy/x"), true, true},
		"a policy of AWS":                 {on("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"), true, true},
		"the accounts":                    {on("organizations:ListAccounts", ""), true, true},
		"a tag of an account":             {on("organizations:ListTagsForResource", "arn:aws:organizations::999900001111:account/o-abcdefghij/111122223333"), true, true},
		"AWS's own control policy":        {on("organizations:DescribePolicy", "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"), true, true},
		"an action that nothing uses":     {on("s3:DeleteObject", "arn:aws:s3:::harbour/logs/1"), false, false},
	} {
		if got := allows(made(t, setup.Scope{}), test.request); got != test.wide {
			t.Errorf("%s: not narrowed: %t", name, got)
		}
		if got := allows(made(t, narrow), test.request); got != test.narrow {
			t.Errorf("%s: narrowed: %t", name, got)
		}
	}
}

// many returns uses on so many buckets that no single policy holds them.
func many(n int) (s setup.Scope, all []setup.Use) {
	s.Partition = "aws"
	for i := range n {
		s.Buckets = append(s.Buckets, fmt.Sprintf("a-bucket-with-a-rather-long-name-%04d", i))
	}
	return s, uses[1:3]
}

func TestPoliciesAreSplitAtIAMsLimits(t *testing.T) {
	s, list := many(200)
	made, err := setup.Policies("hawser", setup.Managed, s, list)
	if err != nil || len(made) < 2 {
		t.Fatalf("%d policies, %v", len(made), err)
	}
	var docs []*policy.Document
	for i, p := range made {
		if want := fmt.Sprintf("hawser-%d", i+1); p.Name != want || p.Size > 6144 {
			t.Errorf("%s has %d characters", p.Name, p.Size)
		}
		if n := len(strings.Join(strings.Fields(string(p.Document)), "")); n != p.Size {
			t.Errorf("%s: size %d, counted %d", p.Name, p.Size, n)
		}
		doc, err := policy.ParseAs(policy.Identity, p.Document)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	for _, bucket := range s.Buckets {
		if !allows(docs, reference.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::" + bucket + "/k"}) {
			t.Errorf("%s was lost", bucket)
		}
	}
}

func TestPoliciesThatDoNotFitAreRefused(t *testing.T) {
	s, list := many(900)
	large, _ := many(1)
	large.Buckets[0] = strings.Repeat("b", 7000)
	for name, test := range map[string]struct {
		form  setup.Form
		scope setup.Scope
	}{
		"eleven managed policies":  {setup.Managed, s},
		"two inline policies":      {setup.InlineUser, s},
		"a resource that is large": {setup.Managed, large},
		"an unknown form":          {"paper", setup.Scope{}},
	} {
		_, err := setup.Policies("hawser", test.form, test.scope, list)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Fix == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
