package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/cloudwatch"
	"github.com/hawser/hawser/internal/awssim/logs"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// named returns a member of each item of a listing.
func named(got map[string]any, member string) (all []string) {
	for _, item := range got["items"].([]any) {
		all = append(all, fmt.Sprint(item.(map[string]any)[member]))
	}
	return all
}

// TestGroups lists log groups over several pages and regions.
func TestGroups(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	var want []string
	for i := range 60 {
		name := fmt.Sprintf("/app/%02d", i)
		want = append(want, name)
		logs.Put(sim.World, simtest.Account, "us-east-1", name, "s", logs.Event{Time: time.Now(), Message: "ready"})
	}
	logs.Put(sim.World, simtest.Account, "eu-west-1", "/aws/lambda/there", "s", logs.Event{Time: time.Now(), Message: "ready"})
	if diff := cmp.Diff(want, named(r.Call(t, "logs.groups", map[string]any{"prefix": "/app/"}), "log_group")); diff != "" {
		t.Error(diff)
	}
	if calls := sim.Count("logs:DescribeLogGroups"); calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
	for input, want := range map[string][]string{
		`{"pattern": "p/59"}`:                      {"/app/59"},
		`{"prefix": "/aws/", "all_regions": true}`: {"/aws/lambda/there"},
	} {
		result, err := r.Try(t.Context(), "logs.groups", input)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(result.JSON); strings.Count(got, `"log_group"`) != 1 || !strings.Contains(got, want[0]) {
			t.Errorf("%s gives %s", input, got)
		}
	}
	first := r.Call(t, "logs.groups", map[string]any{"limit": 2})
	second := r.Call(t, "logs.groups", map[string]any{"limit": 2, "cursor": first["cursor"]})
	if diff := cmp.Diff([]string{"/app/02", "/app/03"}, named(second, "log_group")); diff != "" {
		t.Error(diff)
	}
}

// TestListMetrics lists metrics by namespace, name and dimensions.
func TestListMetrics(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	now := time.Now()
	for i := range 501 {
		cloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/EC2", "CPUUtilization", now, 1, "InstanceId", fmt.Sprintf("i-%03d", i))
	}
	cloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/Lambda", "Errors", now.Add(-4*time.Hour), 1, "FunctionName", "old")
	cloudwatch.Put(sim.World, simtest.Account, "us-east-1", "AWS/Lambda", "Errors", now, 1, "FunctionName", "new")
	for _, tt := range []struct {
		input map[string]any
		want  int
	}{
		{map[string]any{}, 503},
		{map[string]any{"namespace": "AWS/EC2"}, 501},
		{map[string]any{"metric": "Errors"}, 2},
		{map[string]any{"metric": "Errors", "recent": true}, 1},
		{map[string]any{"dimensions": map[string]any{"InstanceId": "i-007"}}, 1},
		{map[string]any{"dimensions": map[string]any{"FunctionName": ""}}, 2},
		{map[string]any{"namespace": "Other"}, 0},
	} {
		if got := named(r.Call(t, "cloudwatch.list-metrics", tt.input), "metric"); len(got) != tt.want {
			t.Errorf("%v gives %d metrics, want %d", tt.input, len(got), tt.want)
		}
	}
	got := r.Call(t, "cloudwatch.list-metrics", map[string]any{"metric": "Errors", "recent": true})
	if diff := cmp.Diff([]string{"map[FunctionName:new]"}, named(got, "dimensions")); diff != "" {
		t.Error(diff)
	}
}
