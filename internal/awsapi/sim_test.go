package awsapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
)

// These tests connect to the simulator, which checks signatures, trust
// policies and external ids as AWS does.

const member = "444455556666"

const trustInstance = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
	"Principal": {"Service": "ec2.amazonaws.com"}}]}`

const trustWithID = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
	"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Condition": {"StringEquals": {"sts:ExternalId": "8f2c"}}}]}`

const allowAssume = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}`

// simulated is a world with a member account whose role Hawser wants 8f2c.
func simulated(t *testing.T) (*simtest.Sim, awsapi.Settings) {
	t.Helper()
	awsapitest.Clean(t)
	sim := simtest.Start(t)
	if _, err := sim.AddAccount(member, "member").AddRole("Hawser", trustWithID); err != nil {
		t.Fatal(err)
	}
	return sim, awsapi.Settings{
		AccessKeyID: settings.NewSecret(sim.Key.AccessKeyID), SecretAccessKey: settings.NewSecret(sim.Key.SecretAccessKey),
		Region: "us-east-1", Endpoint: sim.URL, MemberRole: "Hawser", MemberExternalID: "8f2c",
	}
}

func TestSimulatedMemberAccount(t *testing.T) {
	_, settings := simulated(t)
	pool := awsapitest.PoolOf(settings)
	s, err := pool.Session(t.Context(), awsapi.Target{Account: member})
	if err != nil {
		t.Fatal(err)
	}
	identity, err := s.Identity(t.Context())
	if err != nil || identity.Account != member || !strings.Contains(identity.ARN, ":assumed-role/Hawser/hawser") {
		t.Errorf("%+v, %v", identity, err)
	}
}

func TestSimulatedExternalIDIsNeeded(t *testing.T) {
	_, settings := simulated(t)
	settings.MemberExternalID = "wrong"
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{Account: member})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Identity(t.Context())
	e := fault.From(err)
	if e.Kind != fault.Denied || e.Op != "sts:AssumeRole" || !strings.Contains(e.Fix, "trust policy") {
		t.Errorf("%+v", e)
	}
}

func TestSimulatedInstanceUnderARole(t *testing.T) {
	sim, conn := simulated(t)
	role, err := sim.Account.AddRole("Instance", trustInstance)
	if err != nil {
		t.Fatal(err)
	}
	if err := role.PutPolicy("assume", allowAssume); err != nil {
		t.Fatal(err)
	}
	metadata := httptest.NewServer(sim.InstanceMetadata(role, "us-east-1", "i-1"))
	t.Cleanup(metadata.Close)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.URL)
	conn.AccessKeyID, conn.SecretAccessKey = settings.Secret{}, settings.Secret{}
	conn.Source = settings.Instance
	conn.Role = settings.Role{RoleARN: "arn:aws:iam::" + member + ":role/Hawser", ExternalID: "8f2c", SessionName: "ops"}
	s, err := awsapitest.PoolOf(conn).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	identity, err := s.Identity(t.Context())
	if err != nil || !strings.HasSuffix(identity.ARN, ":assumed-role/Hawser/ops") {
		t.Errorf("%+v, %v", identity, err)
	}
}

func TestSimulatedRefusals(t *testing.T) {
	tests := map[string]struct {
		change func(sim *simtest.Sim, s *awsapi.Settings)
		want   fault.Kind
	}{
		"root": {func(sim *simtest.Sim, s *awsapi.Settings) {
			key := sim.Account.RootKey()
			s.AccessKeyID, s.SecretAccessKey = settings.NewSecret(key.AccessKeyID), settings.NewSecret(key.SecretAccessKey)
		}, fault.Refused},
		"wrong secret": {func(_ *simtest.Sim, s *awsapi.Settings) { s.SecretAccessKey = settings.NewSecret("nope") }, fault.BadCredentials},
		"unknown key":  {func(_ *simtest.Sim, s *awsapi.Settings) { s.AccessKeyID = settings.NewSecret("AKIANOBODYKNOWSME00") }, fault.BadCredentials},
		"throttled": {func(sim *simtest.Sim, _ *awsapi.Settings) {
			must(sim.AddFault(awssim.Fault{Action: "GetCallerIdentity", Effect: awssim.Throttle}))
		}, fault.Throttled},
		"unavailable": {func(sim *simtest.Sim, _ *awsapi.Settings) {
			must(sim.AddFault(awssim.Fault{Action: "GetCallerIdentity", Effect: awssim.Fail503}))
		}, fault.Unavailable},
		"ended": {func(sim *simtest.Sim, _ *awsapi.Settings) {
			must(sim.AddFault(awssim.Fault{Action: "GetCallerIdentity", Effect: awssim.ExpireToken}))
		}, fault.ExpiredCredentials},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sim, settings := simulated(t)
			tt.change(sim, &settings)
			_, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
			if e := fault.From(err); e == nil || e.Kind != tt.want || e.Fix == "" {
				t.Errorf("got %+v, want %s", e, tt.want)
			}
		})
	}
}

// must ends the test binary where a test's own fault script is wrong.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
