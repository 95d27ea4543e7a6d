package setup_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/roster"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// calls are inputs of each tool that calls AWS, which together need all that it declares.
// A word that begins with $ stands for what AWS named; see company.
var calls = map[string][]string{
	"s3.list": {`{}`, `{"bucket":"acme-web"}`, `{"all_accounts":true}`},
	"s3.get":  {`{"bucket":"acme-web","key":"robots.txt"}`, `{"bucket":"acme-versions","key":"k","version_id":"$VERSION"}`},
	"s3.put": {
		`{"bucket":"acme-web","key":"big","from_file":"big","tags":{"a":"b"}}`, `{"bucket":"acme-web","key":"robots.txt","body":"b"}`,
		`{"bucket":"acme-suspended","key":"k","body":"b"}`,
	},
	"s3.cp": {
		`{"from":"s3://acme-web/","to":"s3://acme-backups/web/"}`, `{"from":"s3://acme-web/","to":"down/"}`, `{"from":"big","to":"s3://acme-web/big"}`,
		`{"from":"s3://acme-web/","to":"s3://acme-suspended/"}`,
	},
	"s3.mv": {
		`{"from":"s3://acme-web/","to":"s3://acme-backups/web/"}`, `{"from":"s3://acme-web/","to":"down/"}`, `{"from":"big","to":"s3://acme-web/big"}`,
		`{"from":"s3://acme-web/","to":"s3://acme-suspended/"}`,
	},
	"s3.delete": {
		`{"bucket":"acme-web","key":"robots.txt"}`, `{"bucket":"acme-web","recursive":true}`,
		`{"bucket":"acme-versions","key":"k","version_id":"$VERSION"}`, `{"bucket":"acme-suspended","key":"k"}`,
	},
	"s3.create-bucket":        {`{"bucket":"acme-new"}`},
	"s3.delete-bucket":        {`{"bucket":"acme-empty"}`},
	"s3.du":                   {`{"bucket":"acme-web"}`},
	"ec2.list":                {`{}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"ec2.describe":            {`{"instance_id":"$INSTANCE"}`},
	"ec2.stop":                {`{"instance_ids":["$INSTANCE"],"wait":true}`},
	"ec2.start":               {`{"instance_ids":["$INSTANCE"],"wait":true}`},
	"lambda.list":             {`{}`, `{"tags":{"team":"shop"}}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"lambda.get":              {`{"function_name":"checkout"}`},
	"lambda.invoke":           {`{"function_name":"checkout","payload":{}}`},
	"lambda.get-logs":         {`{"function_name":"checkout","since":"30d"}`},
	"rds.list":                {`{}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"rds.query":               {`{"resource_arn":"$CLUSTER","secret_arn":"$SECRET","sql":"SELECT 1"}`, `{"resource_arn":"$CLUSTER","secret_arn":"$SECRET","sql":"SELECT :a","parameter_sets":[{"a":1},{"a":2}]}`},
	"cloudwatch.get-metrics":  {`{"namespace":"Acme/Shop","metric":"Invocations"}`},
	"cloudwatch.list-metrics": {`{}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"cloudwatch.logs":         {`{"log_group":"/aws/lambda/checkout","since":"30d"}`},
	"logs.groups":             {`{}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"secretsmanager.list":     {`{}`, `{"all_regions":true}`, `{"all_accounts":true}`},
	"keys.get":                {`{"key":"$KEY"}`},
}

// unseen are actions whose absence no call here shows, with the reason.
var unseen = map[string]string{
	"s3:AbortMultipartUpload":      "called where an upload fails in its middle",
	"kms:Decrypt":                  "the simulator has no KMS",
	"kms:GenerateDataKey":          "the simulator has no KMS",
	"rds-data:RollbackTransaction": "changes the next call of the same process: no read-only transaction is begun",
}

// withoutPolicy are tools that call AWS and are not in the list, with the reason.
var withoutPolicy = map[string]string{
	"connections.check": "needs an action that AWS always allows",
	"doctor.run":        "needs an action that AWS always allows",
	"setup.trust":       "needs an action that AWS always allows",
	"whoami.show":       "needs an action that AWS always allows",
	"s3.presign":        "calls nothing; whoever uses its URL does",
	"sync.run":          "TestASyncUnderItsPolicy",
	"sync.plan":         "is covered by the policy of a sync",
}

// TestEveryToolIsCalled wants calls, or a reason, for each tool that needs an action.
func TestEveryToolIsCalled(t *testing.T) {
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		if len(each.Needs) > 0 && len(calls[each.Name]) == 0 && withoutPolicy[each.Name] == "" {
			t.Errorf("%s is not called under its policy", each.Name)
		}
	}
}

// TestEveryToolUnderItsPolicy makes the calls of each tool under exactly the policy that is
// written for it. With HAWSER_CHAOS=1 it takes away one action after another: without it
// one of the calls must be seen to differ.
func TestEveryToolUnderItsPolicy(t *testing.T) {
	shared := newCompany(t)
	defer shared.close()
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		if len(calls[each.Name]) == 0 {
			continue
		}
		t.Run(each.Name, func(t *testing.T) {
			docs := policiesOf(t, map[string]any{"tool": []string{each.Name}, "member_role": memberRole})
			var whole []string
			for _, input := range calls[each.Name] {
				seen := shared.observe(t, each, docs, input)
				if strings.Contains(seen, "not authorized") || !strings.Contains(seen, "error: <nil>") {
					t.Errorf("%s: %s", input, seen)
				}
				whole = append(whole, seen)
			}
			if os.Getenv("HAWSER_CHAOS") != "" {
				shared.wantNothingIdle(t, each, docs, whole)
			}
		})
	}
}

// memberRole is the role that is assumed in the other accounts of the demo company.
const memberRole = "OrganizationAccountAccessRole"

// wantNothingIdle wants a tool's calls to differ without each action of some documents.
func (c *company) wantNothingIdle(t *testing.T, each *tool.Tool, docs []document, whole []string) {
	t.Helper()
	for i, d := range docs {
		for j, statement := range d.Statement {
			for k, action := range statement.Action {
				if action == "sts:AssumeRole" || unseen[action] != "" {
					continue // the first is the connection's, not the tool's
				}
				less := without(docs, i, j, k)
				same := func(n int) bool { return c.observe(t, each, less, calls[each.Name][n]) == whole[n] }
				if n := len(whole); !slices.ContainsFunc(indexes(n), func(n int) bool { return !same(n) }) {
					t.Errorf("without %s its calls are the same", action)
				}
			}
		}
	}
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// chance is what differs from one company to the next: times, and what AWS makes up.
var chance = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ][0-9:.]+Z?|\b(i|vpc|subnet|ami|sg|vol|eni)-[0-9a-f]+|AROA[A-Z0-9]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|secret:[A-Za-z/]+-\w{6}|cluster-[a-z0-9]+|db-[A-Z0-9]+|127\.0\.0\.1:\d+`)

// observe makes a call as a user who has some policies, in the company or, if it may change
// something, in another one like it. It returns all that can be seen of the call: the answer
// or the error, what a person was asked, and which operations AWS was asked for.
func (c *company) observe(t *testing.T, each *tool.Tool, docs []document, input string) string {
	t.Helper()
	if each.Effect != tool.Read {
		c = newCompany(t)
		defer c.close()
	}
	put(t, c.user, docs)
	r := c.rig(t, c.key)
	if err := os.WriteFile(filepath.Join(r.Dir, "big"), make([]byte, 9<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	c.world.ResetCounters()
	yes := new(toolboxtest.Yes)
	result, err := toolboxtest.Guarded(t, r, yes, each.Name, json.RawMessage(c.names.Replace(input)))
	var seen strings.Builder
	fmt.Fprintf(&seen, "error: %v\n", err)
	if result != nil {
		fmt.Fprintf(&seen, "answer: %s\nnotes: %v\nfailures: %v\n", result.JSON, result.Notes, result.Failures)
	}
	for _, q := range yes.Asked {
		fmt.Fprintf(&seen, "asked: %s\n", q.Text)
	}
	for _, counter := range c.world.Counters() {
		fmt.Fprintf(&seen, "called: %s %s %s\n", counter.Action, counter.Account, counter.Region)
	}
	return chance.ReplaceAllString(seen.String(), "X")
}

// company is the demo company with an organization, and some buckets more.
type company struct {
	world  *awssim.World
	server *awssim.Server
	names  *strings.Replacer
	user   *awssim.User // whose policies decide
	key    *awssim.Credential
}

func newCompany(t *testing.T) *company {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	world, err := roster.New(awssim.Options{})
	must(err)
	operator, err := demo.Accounts(world)
	must(err)
	org, err := organizations.New(world, world.Account(demo.Main), "main@acme.example", 1)
	must(err)
	_, err = org.Root.AddAccount(world.Account(demo.Staging), "staging@acme.example")
	must(err)
	server, err := world.Listen("127.0.0.1:0")
	must(err)
	made, err := demo.Fill(t.Context(), world, server.URL, operator)
	must(err)
	user := world.Account(demo.Main).AddUser("hawser")
	c := &company{world: world, server: server, user: user, key: user.NewKey()}
	c.names = strings.NewReplacer(
		"$INSTANCE", made.Instance, "$CLUSTER", made.Cluster, "$SECRET", made.Secret, "$VERSION", c.buckets(t, operator), "$KEY", operator.AccessKeyID)
	return c
}

// buckets makes an empty bucket, one with versions and one whose versioning is suspended,
// with an object whose version null is not the latest, and an object with tags. It returns
// the ID of a version.
func (c *company) buckets(t *testing.T, key *awssim.Credential) (version string) {
	t.Helper()
	client := s3.New(s3.Options{
		Region: demo.Region, BaseEndpoint: &c.server.URL, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
	})
	object := func(bucket, name, tags string) string {
		out, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &name, Body: strings.NewReader("text"), Tagging: &tags})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.VersionId)
	}
	versioning := func(bucket string, status types.BucketVersioningStatus) {
		_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, bucket := range []string{"acme-empty", "acme-versions", "acme-suspended"} {
		if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
			t.Fatal(err)
		}
	}
	object("acme-suspended", "k", "")
	versioning("acme-suspended", types.BucketVersioningStatusEnabled)
	versioning("acme-versions", types.BucketVersioningStatusEnabled)
	object("acme-suspended", "k", "")
	versioning("acme-suspended", types.BucketVersioningStatusSuspended)
	object("acme-web", "tagged", "a=b")
	return object("acme-versions", "k", "")
}

// rig returns the toolbox over a connection with a key.
func (c *company) rig(t *testing.T, key *awssim.Credential) *toolboxtest.Rig {
	t.Helper()
	return toolboxtest.New(t, awsapi.Settings{
		Source: settings.Keys, AccessKeyID: settings.NewSecret(key.AccessKeyID), SecretAccessKey: settings.NewSecret(key.SecretAccessKey),
		Region: demo.Region, Endpoint: c.server.URL, MemberRole: memberRole,
	})
}

func (c *company) close() {
	c.world.Close()
	_ = c.server.Close()
}

// put gives a user some policies, in place of those that an earlier call gave.
func put(t *testing.T, user *awssim.User, docs []document) {
	t.Helper()
	for i := range 2 {
		d := document{Version: "2012-10-17", Statement: nothing}
		if i < len(docs) {
			d = docs[i]
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := user.PutPolicy(fmt.Sprintf("hawser-%d", i), string(raw)); err != nil {
			t.Fatal(err)
		}
	}
}
