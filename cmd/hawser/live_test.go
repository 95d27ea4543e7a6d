package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// TestLive looks at a real account with the credentials and the configuration of
// whoever runs it: make live. Nothing is written but a record of the calls, in a
// directory that is removed.
func TestLive(t *testing.T) {
	if os.Getenv("HAWSER_LIVE") != "1" {
		t.Skip("HAWSER_LIVE is not 1: it calls AWS")
	}
	lookAround(t, "", os.Environ())
}

// TestLiveLooksAtTheSimulator holds what TestLive does against the simulator.
func TestLiveLooksAtTheSimulator(t *testing.T) {
	home := newAcmeHome(t)()
	lookAround(t, home.dir, home.env)
}

// lookAround runs every command that reads AWS and needs no input, in read-only
// mode. What the account does not allow or does not have is logged and is not a failure.
func lookAround(t *testing.T, dir string, env []string) {
	t.Helper()
	env = append(slices.Clip(env), "XDG_STATE_HOME="+t.TempDir())
	ran := 0
	for _, info := range theTools(t) {
		if !readsByItself(info) {
			continue
		}
		ran++
		t.Run(info.Name, func(t *testing.T) {
			cmd := exec.Command("hawser", info.Noun(), info.Verb(), "--read-only", "--output", "json")
			cmd.Dir, cmd.Env = dir, env
			var out, problems bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &problems
			_ = cmd.Run() // the exit code says less than what stands on standard error
			var failed struct{ Error fault.Error }
			if at := strings.LastIndex("\n"+problems.String(), "\n{"); at >= 0 {
				_ = json.Unmarshal(problems.Bytes()[at:], &failed)
			}
			switch code := cmd.ProcessState.ExitCode(); {
			case code == 1 && slices.Contains([]fault.Kind{fault.Denied, fault.NotFound, fault.Unsupported}, failed.Error.Kind):
				t.Logf("%s: %s", failed.Error.Kind, failed.Error.Message)
			case code != 0 && code != fault.Partial.ExitCode():
				t.Errorf("exit code %d\n%s", code, problems.String())
			case !json.Valid(out.Bytes()):
				t.Errorf("the answer is not JSON: %.200s", out.String())
			default:
				t.Logf("%d bytes\n%s", out.Len(), problems.String())
			}
		})
	}
	if ran < 6 {
		t.Errorf("only %d commands ran", ran)
	}
}

// readsByItself reports whether a tool asks AWS without being told what for.
func readsByItself(t *tool.Tool) bool {
	required := slices.ContainsFunc(t.Fields(), func(f tool.Field) bool { return f.Required })
	return t.Effect == tool.Read && len(t.Needs) > 0 && !required
}
