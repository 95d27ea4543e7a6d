package awsapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
)

const trustAgents = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
	"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}]}`

const onlyLists = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}`

func roleIn(t *testing.T, a *awssim.Account, name string) string {
	t.Helper()
	r, err := a.AddRole(name, trustAgents)
	if err != nil {
		t.Fatal(err)
	}
	simtest.Grant(t, r, "AdministratorAccess")
	return r.ARN
}

// AWS itself holds an agent to its session policy, in its own account and in
// member accounts, and knows its name.
func TestAgentIsBoundByAWS(t *testing.T) {
	awsapitest.Clean(t)
	sim := simtest.Start(t)
	settings := awsapi.Settings{
		AccessKeyID: settings.NewSecret(sim.Key.AccessKeyID), SecretAccessKey: settings.NewSecret(sim.Key.SecretAccessKey),
		Region: "us-east-1", Endpoint: sim.URL, MemberRole: "Hawser",
		Role: settings.Role{RoleARN: roleIn(t, sim.Account, "Base")},
	}
	roleIn(t, sim.AddAccount(member, "member"), "Hawser")
	pool := awsapitest.PoolOf(settings, awsapi.WithAgent(awsapi.Agent{SessionName: "triage", SourceIdentity: "ada", Policy: onlyLists}))
	for _, account := range []string{"", member} {
		s, err := pool.Session(t.Context(), awsapi.Target{Account: account})
		if err != nil {
			t.Fatal(err)
		}
		identity, err := s.Identity(t.Context())
		if err != nil || !strings.HasSuffix(identity.ARN, "/triage") {
			t.Errorf("account %q: %+v, %v", account, identity, err)
		}
		if _, err := awsapi.Client(s, s3.NewFromConfig).ListBuckets(t.Context(), nil); err != nil {
			t.Errorf("account %q: what the policy allows: %v", account, err)
		}
		_, err = awsapi.Client(s, ec2.NewFromConfig).DescribeInstances(t.Context(), nil)
		if !errors.Is(awserr.Fault(err), fault.Denied) {
			t.Errorf("account %q: what it does not: %v", account, err)
		}
	}
}

// Where AWS can't hold an agent to its policy, there is no session.
func TestAgentNeedsARole(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	agent := awsapi.WithAgent(awsapi.Agent{SessionName: "triage", Policy: onlyLists})
	if _, err := awsapitest.PoolOf(awsapitest.Keys(server), agent).Session(t.Context(), awsapi.Target{}); !errors.Is(err, fault.Refused) {
		t.Errorf("keys alone: %v, want Refused", err)
	}
	both := awsapitest.Keys(server)
	both.Role = settings.Role{RoleARN: "arn:aws:iam::111122223333:role/A", Policy: onlyLists}
	if _, err := awsapitest.PoolOf(both, agent).Session(t.Context(), awsapi.Target{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("two policies: %v, want Invalid", err)
	}
}

// A pool that is kept to connections knows no other by name.
func TestConnectionsBound(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	pool := awsapi.NewPool(map[string]awsapi.Settings{"main": awsapitest.Keys(server), "other": awsapitest.Keys(server)}, awsapitest.Quick(), awsapi.WithConnections([]string{"other"}))
	if s, err := pool.Session(t.Context(), awsapi.Target{}); err != nil || s.Connection != "other" {
		t.Errorf("the default: %+v, %v", s, err)
	}
	if _, err := pool.Session(t.Context(), awsapi.Target{Connection: "main"}); !errors.Is(err, fault.Invalid) || strings.Contains(fault.From(err).Fix, "main") {
		t.Errorf("another: %v", err)
	}
	if _, err := pool.Describe("main"); err == nil {
		t.Error("another is described")
	}
}

// TestDenialsNameThePolicyOfTheAgent tells its policy from the connection's.
func TestDenialsNameThePolicyOfTheAgent(t *testing.T) {
	for setting, opts := range map[string][]awsapi.Option{
		"the connection's policy setting": nil,
		"session_policy":                  {awsapi.WithAgent(awsapi.Agent{Policy: "{}"})},
	} {
		awsapitest.Clean(t)
		server := awsapitest.NewServer(t)
		server.On("AssumeRole", awsapitest.Assumed(3600e9))
		server.On("GetCallerIdentity", awsapitest.QueryError(403, "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/one/x is not authorized to perform: "+
			"sts:GetCallerIdentity because no session policy allows the sts:GetCallerIdentity action"))
		settings := awsapitest.Keys(server)
		settings.RoleARN, settings.Account = "arn:aws:iam::111122223333:role/one", "111122223333"
		s, err := awsapitest.PoolOf(settings, opts...).Session(t.Context(), awsapi.Target{})
		if err != nil {
			t.Fatal(err)
		}
		if f := awserr.Fault(awsapitest.WhoAmI(t.Context(), s)); f == nil || !strings.Contains(f.Fix, setting) {
			t.Errorf("%s: %+v", setting, f)
		}
	}
}
