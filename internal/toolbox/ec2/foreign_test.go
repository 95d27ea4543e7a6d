package ec2_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// reservation is an answer of DescribeInstances with one instance.
func reservation(instance string) string {
	return "<reservationSet><item><instancesSet><item>" + instance + "</item></instancesSet></item></reservationSet>"
}

// Answers whose items lack members, or are about other instances, fail the call with
// what is wrong, and never with a panic.
func TestItemsThatAreNotAWSs(t *testing.T) {
	const this, other = "<instanceId>i-1234567890abcdef0</instanceId>", "<instanceId>i-0fedcba9876543210</instanceId>"
	change := func(list string, items ...string) string {
		return "<" + list + "><item>" + strings.Join(items, "</item><item>") + "</item></" + list + ">"
	}
	tests := map[string]struct {
		tool    string
		answers map[string]string // by action
		kind    fault.Kind        // "" is success
		says    string
	}{
		"an instance without an ID": {"ec2.describe", map[string]string{"DescribeInstances": reservation("")}, fault.Endpoint, "InstanceId"},
		"another instance":          {"ec2.describe", map[string]string{"DescribeInstances": reservation(other)}, fault.Endpoint, "i-0fedcba9876543210"},
		"a status without checks": {"ec2.describe", map[string]string{
			"DescribeInstances": reservation(this), "DescribeInstanceStatus": change("instanceStatusSet", this), "DescribeVolumes": "<volumeSet/>",
		}, "", ""},
		"a status without an ID": {"ec2.describe", map[string]string{
			"DescribeInstances": reservation(this), "DescribeInstanceStatus": change("instanceStatusSet", ""), "DescribeVolumes": "<volumeSet/>",
		}, fault.Partial, "status checks"},
		"a stop without an ID":           {"ec2.stop", map[string]string{"StopInstances": change("instancesSet", "")}, fault.Endpoint, "InstanceId"},
		"a stop without states":          {"ec2.stop", map[string]string{"StopInstances": change("instancesSet", this)}, "", ""},
		"a stop of another instance":     {"ec2.stop", map[string]string{"StopInstances": change("instancesSet", other)}, fault.Endpoint, "i-0fedcba9876543210"},
		"a start of another one, too":    {"ec2.start", map[string]string{"StartInstances": change("instancesSet", this, other)}, fault.Endpoint, "i-0fedcba9876543210"},
		"a start of none":                {"ec2.start", map[string]string{"StartInstances": "<instancesSet/>"}, fault.Endpoint, "none"},
		"a listing with one without IDs": {"ec2.list", map[string]string{"DescribeInstances": reservation("")}, fault.Endpoint, "InstanceId"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				action := r.Form.Get("Action")
				w.Header().Set("Content-Type", "text/xml")
				fmt.Fprintf(w, "<%[1]sResponse><requestId>r</requestId>%[2]s</%[1]sResponse>", action, tt.answers[action])
			}))
			defer server.Close()
			r := toolboxtest.New(t, toolboxtest.FakeSettings(server.URL))
			input := map[string]string{
				"ec2.describe": `{"instance_id": "i-1234567890abcdef0"}`, "ec2.list": `{}`,
			}[tt.tool]
			if input == "" {
				input = `{"instance_ids": ["i-1234567890abcdef0"]}`
			}
			_, err := r.Try(t.Context(), tt.tool, input)
			f := fault.From(err)
			if tt.kind == "" {
				if f != nil {
					t.Errorf("%+v", f)
				}
				return
			}
			writes := tt.tool == "ec2.stop" || tt.tool == "ec2.start"
			if f == nil || f.Kind != tt.kind || !strings.Contains(f.Error(), tt.says) || f.OutcomeUnknown != writes {
				t.Errorf("%+v", f)
			}
		})
	}
}
