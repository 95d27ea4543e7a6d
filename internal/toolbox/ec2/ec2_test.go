package ec2_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestEC2List(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	web := toolboxtest.RunInstances(t, sim, "us-east-1", 7, "web")
	db := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "db")
	eu := toolboxtest.RunInstances(t, sim, "eu-west-1", 1, "web")
	tests := map[string]struct {
		input string
		want  int
	}{
		"all":            {`{}`, 8},
		"by state":       {`{"state": "stopped"}`, 0},
		"by tag":         {`{"tags": {"Name": "w*"}}`, 7},
		"by filter":      {`{"filters": {"instance-type": ["t3.*"], "tag:Name": ["db", "web"]}}`, 8},
		"by id":          {`{"instance_ids": ["` + db[0] + `"]}`, 1},
		"limited":        {`{"limit": 3}`, 3},
		"another region": {`{"region": "eu-west-1"}`, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.Call(t, "ec2.list", tt.input).Column("instance_id"); len(got) != tt.want {
				t.Errorf("%d instances, want %d", len(got), tt.want)
			}
		})
	}
	everywhere := r.Call(t, "ec2.list", `{"all_regions": true, "tags": {"Name": "web"}}`).Column("instance_id")
	if len(everywhere) != len(web)+len(eu) {
		t.Errorf("everywhere: %d", len(everywhere))
	}
}

func TestEC2ListNamesTheRegionThatFails(t *testing.T) {
	r, sim := toolboxtest.OnSim(t, awssim.Options{Faults: []awssim.Fault{{Service: "ec2", Action: "DescribeInstances", Region: "eu-west-1", Effect: awssim.DenyAccess}}})
	toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")
	result, err := r.Try(t.Context(), "ec2.list", `{"all_regions": true}`)
	if !errors.Is(err, fault.Partial) || len(result.Failures) != 1 || result.Failures[0].Region != "eu-west-1" {
		t.Fatalf("%v, %+v", err, result)
	}
	if got := toolboxtest.AnswerOf(t, result).Column("instance_id"); len(got) != 1 {
		t.Errorf("the others: %v", got)
	}
}

func TestEC2DescribeTellsEverything(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	got := r.Call(t, "ec2.describe", map[string]string{"instance_id": id})
	if got["name"] != "web" || got["state"] != "running" || got["status_checks"].(map[string]any)["system"] != "ok" {
		t.Errorf("got %v", got)
	}
	if len(got["volumes"].([]any)) != 1 || len(got["security_groups"].([]any)) != 1 {
		t.Errorf("volumes %v, groups %v", got["volumes"], got["security_groups"])
	}
}

func TestEC2DescribeNamesWhatItMayNotRead(t *testing.T) {
	r, sim := toolboxtest.OnSim(t, awssim.Options{Faults: []awssim.Fault{{Service: "ec2", Action: "DescribeVolumes", Effect: awssim.DenyAccess}}})
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	result, err := r.Try(t.Context(), "ec2.describe", map[string]string{"instance_id": id})
	if !errors.Is(err, fault.Partial) {
		t.Fatalf("err = %v", err)
	}
	got := toolboxtest.AnswerOf(t, result)
	gap := got["gaps"].([]any)[0].(map[string]any)
	if gap["what"] != "the volumes" || gap["error"].(map[string]any)["kind"] != "denied" || got["security_groups"] == nil {
		t.Errorf("got %v", got)
	}
}

func TestEC2StopAndStart(t *testing.T) {
	r, sim := toolboxtest.OnSim(t, awssim.Options{Scale: 100})
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	one := `{"instance_ids": ["` + id + `"]`
	if got := r.Call(t, "ec2.stop", one+`, "dry_run": true}`); got["allowed"] != true {
		t.Errorf("dry run: %v", got)
	}
	if got := r.Call(t, "ec2.describe", `{"instance_id": "`+id+`"}`); got["state"] != "running" {
		t.Errorf("after the dry run: %v", got["state"])
	}
	if got := r.Call(t, "ec2.stop", one+`, "wait": true}`).Column("state"); got[0] != "stopped" {
		t.Errorf("after stop: %v", got)
	}
	if got := r.Call(t, "ec2.stop", one+`}`).Column("before"); got[0] != "stopped" {
		t.Errorf("a second stop: %v", got)
	}
	if got := r.Call(t, "ec2.start", one+`, "wait": true}`).Column("state"); got[0] != "running" {
		t.Errorf("after start: %v", got)
	}
}

func TestEC2Failures(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	other := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "other")[0]
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	if _, err := r.Try(t.Context(), "ec2.stop", `{"instance_ids": ["`+id+`"]}`); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		tool, input string
		want        fault.Kind
	}{
		"not there":         {"ec2.describe", `{"instance_id": "i-0123456789abcdef0"}`, fault.NotFound},
		"no id":             {"ec2.describe", `{"instance_id": "web"}`, fault.Invalid},
		"still stopping":    {"ec2.start", `{"instance_ids": ["` + id + `"]}`, fault.Conflict},
		"none":              {"ec2.start", `{"instance_ids": []}`, fault.Invalid},
		"force, hibernate":  {"ec2.stop", `{"instance_ids": ["` + id + `"], "force": true, "hibernate": true}`, fault.Invalid},
		"no hibernation":    {"ec2.stop", `{"instance_ids": ["` + other + `"], "hibernate": true}`, fault.Conflict},
		"ids in all places": {"ec2.list", `{"instance_ids": ["` + id + `"], "all_regions": true}`, fault.Invalid},
		"unknown filter":    {"ec2.list", `{"filters": {"colour": ["red"]}}`, fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := r.Try(t.Context(), tt.tool, tt.input)
			if f := fault.From(err); f == nil || f.Kind != tt.want {
				t.Errorf("err = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestEC2WaitEndsWhenCancelled(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	ctx, cancel := context.WithCancel(t.Context())
	result, err := r.TryWatched(ctx, "ec2.stop", map[string]any{"instance_ids": []string{id}, "wait": true}, cancel)
	if !errors.Is(err, fault.Canceled) {
		t.Errorf("err = %v", err)
	}
	acceptedOrder(t, result, err)
	if strings.Contains(err.Error(), "internal") {
		t.Errorf("err = %v", err)
	}
}

// acceptedOrder holds that an answer and its fault tell that the order was
// carried out.
func acceptedOrder(t *testing.T, result *tool.Result, err error) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.OutcomeUnknown || !strings.Contains(f.Message, "EC2 accepted the order") || !strings.HasPrefix(f.Fix, "look how far it has come") {
		t.Errorf("fault %+v", f)
	}
	if result == nil || !strings.Contains(string(result.JSON), `"before":"running"`) {
		t.Errorf("result %+v", result)
	}
}

func TestEC2WaitThatFailsTellsOfTheOrder(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	id := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web")[0]
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "ec2", Action: "DescribeInstances", Effect: awssim.DenyAccess})
	result, err := r.Try(t.Context(), "ec2.stop", map[string]any{"instance_ids": []string{id}, "wait": true})
	acceptedOrder(t, result, err)
	if f := fault.From(err); f.Kind != fault.Denied || f.Action != "ec2:DescribeInstances" {
		t.Errorf("fault %+v", f)
	}
}
