package s3_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestBucketsElsewhereAreFound(t *testing.T) {
	s, sim := simStore(t)
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    ptr("far"),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	}); err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 9<<20)
	fillRandom(big)
	s.Write(t, "big", big)
	calls := []struct {
		tool string
		in   m
	}{
		{"s3.put", m{"bucket": "far", "key": "big", "from_file": "big"}},
		{"s3.list", m{"bucket": "far"}},
		{"s3.get", m{"bucket": "far", "key": "big", "to_file": "back"}},
		{"s3.get", m{"bucket": "far", "key": "big", "range": "0-9"}},
		{"s3.cp", m{"from": "s3://far/", "to": s.url("near/")}},
		{"s3.delete", m{"bucket": "far", "key": "big"}},
	}
	for i, call := range calls {
		before := sim.Count("")
		result, err := s.Try(t.Context(), call.tool, call.in)
		if err != nil {
			t.Fatalf("%s: %v", call.tool, err)
		}
		if said := strings.Join(result.Notes, "; "); !strings.Contains(said, "far lives in eu-west-1, not us-east-1") {
			t.Errorf("%s says %q", call.tool, said)
		}
		if made := sim.Count("") - before; call.tool == "s3.list" && made != 1 {
			t.Errorf("call %d, %s: %d requests where the region was known", i, call.tool, made)
		}
	}
	if !bytes.Equal(s.Read(t, "back"), big) {
		t.Error("what came back is not what was sent")
	}
	buckets := s.Call(t, "s3.list", m{})
	if diff := cmp.Diff([]any{"eu-west-1", "us-east-1"}, buckets.Column("region")); diff != "" {
		t.Error(diff)
	}
}

func TestInterruptedDownloads(t *testing.T) {
	s, sim := simStore(t)
	content := make([]byte, 20<<20)
	fillRandom(content)
	s.Write(t, "big", content)
	s.Call(t, "s3.put", s.in(m{"key": "big", "from_file": "big"}))
	for _, effect := range []awssim.Effect{awssim.TruncateBody, awssim.Reset} {
		toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "s3", Action: "GetObject", Effect: effect, Nth: 2})
		_, err := s.Try(t.Context(), "s3.get", s.in(m{"key": "big", "to_file": "back"}))
		if !errors.Is(err, fault.Network) {
			t.Errorf("%s: %v", effect, err)
		}
		if diff := cmp.Diff([]string{"big"}, s.Names(t)); diff != "" {
			t.Errorf("%s left behind: %s", effect, diff)
		}
		sim.ClearFaults()
	}
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "s3", Action: "GetObject", Effect: awssim.TruncateBody, Nth: 2, Times: 1})
	s.Call(t, "s3.get", s.in(m{"key": "big", "to_file": "back"}))
	if !bytes.Equal(s.Read(t, "back"), content) {
		t.Error("the download that was resumed is wrong")
	}
}

func TestDeniedCopiesSayWhatToAllow(t *testing.T) {
	s, sim := simStore(t)
	for _, key := range []string{"in/a", "in/b", "in/c"} {
		s.Call(t, "s3.put", s.in(m{"key": key, "body": key}))
	}
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "s3", Action: "GetObject", Effect: awssim.DenyAccess, Nth: 2, Times: 1})
	result, err := s.Try(t.Context(), "s3.cp", m{"from": s.url("in/"), "to": "out", "concurrency": 1})
	if !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	report := toolboxtest.AnswerOf(t, result)
	if got := tally(report); got != [3]float64{2, 0, 1} {
		t.Errorf("report: %v", report)
	}
	failure, _ := report["items"].([]any)[0].(m)["error"].(m)
	if failure["kind"] != "denied" || failure["action"] != "s3:GetObject" || failure["statement"] == nil {
		t.Errorf("the failure says %v", failure)
	}
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "s3", Action: "ListObjectsV2", Effect: awssim.DenyAccess})
	if _, err := s.Try(t.Context(), "s3.cp", m{"from": s.url("in/"), "to": "out"}); !errors.Is(err, fault.Denied) {
		t.Errorf("a listing that is denied: %v", err)
	}
}

func TestListingEveryAccount(t *testing.T) {
	sim := simtest.Start(t)
	const member = "444455556666"
	account := sim.AddAccount(member, "member")
	role, err := account.AddRole("OrganizationAccountAccessRole", `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "`+simtest.Account+`"}, "Action": "sts:AssumeRole"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := role.PutPolicy("all", `{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`); err != nil {
		t.Fatal(err)
	}
	connection := toolboxtest.SimSettings(sim)
	connection.Accounts = []string{simtest.Account, member, "777788889999"}
	s := newStore(t, "awssim", connection)
	result, err := s.Try(t.Context(), "s3.list", m{"all_accounts": true})
	if !errors.Is(err, fault.Partial) || len(result.Failures) != 1 || result.Failures[0].Account != "777788889999" {
		t.Fatalf("%v, failures %v", err, result)
	}
	if diff := cmp.Diff([]any{simtest.Account}, toolboxtest.AnswerOf(t, result).Column("account")); diff != "" {
		t.Error(diff)
	}
}

func TestContradictingAccessPointsAreRefused(t *testing.T) {
	s, sim := simStore(t)
	arn := "arn:aws:s3:eu-west-1:" + simtest.Account + ":accesspoint/quay"
	for field, value := range map[string]string{"region": "us-east-1", "account": "444455556666"} {
		before := sim.Count("")
		_, err := s.Try(t.Context(), "s3.get", m{"bucket": arn, "key": "k", field: value})
		f := fault.From(err)
		if f == nil || f.Kind != fault.Invalid || f.Field != field || !strings.Contains(f.Message, value) {
			t.Errorf("%s: %v", field, err)
		}
		if made := sim.Count("") - before; made > 0 {
			t.Errorf("%s: %d requests were sent", field, made)
		}
	}
}
