package ec2_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestStoppingNamesTheInstances(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	ids := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web-1")
	want := "Stop 1 instance: web-1 (" + ids[0] + ", running) in 111122223333, us-east-1?"
	if got := toolboxtest.Asks(t, r, "ec2.stop", map[string]any{"instance_ids": ids}); got != want {
		t.Errorf("asked %q\nwant  %q", got, want)
	}
	ids = toolboxtest.RunInstances(t, sim, "us-east-1", 2, "x\u200bx")
	if got := toolboxtest.Asks(t, r, "ec2.stop", map[string]any{"instance_ids": ids, "force": true}); !strings.HasPrefix(got, `Stop, without a shutdown, 2 instances: "x\u200bx" (`) {
		t.Errorf("asked %q", got)
	}
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "ec2", Action: "DescribeInstances", Effect: awssim.DenyAccess})
	if got := toolboxtest.Asks(t, r, "ec2.stop", map[string]any{"instance_ids": ids}); !strings.HasPrefix(got, "Stop 2 instances: "+ids[0]+", "+ids[1]+" (what is there could not be read: ") {
		t.Errorf("asked %q", got)
	}
}

// The account that a question shows is found out, not assumed.
func TestTheAccountIsShown(t *testing.T) {
	sim := simtest.Start(t)
	settings := toolboxtest.SimSettings(sim)
	settings.Account = ""
	r := toolboxtest.New(t, settings)
	ids := toolboxtest.RunInstances(t, sim, "us-east-1", 1, "web-1")
	if got := toolboxtest.Asks(t, r, "ec2.stop", map[string]any{"instance_ids": ids}); !strings.HasSuffix(got, " in 111122223333, us-east-1?") {
		t.Errorf("asked %q", got)
	}
}
