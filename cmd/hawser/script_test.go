package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hawser/hawser/internal/awssim/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hawser": main})
}

// TestScripts runs the command line as people do, each script in an empty
// directory with an empty home and a simulated AWS of its own. The demo
// company is there, its names in $INSTANCE, $CLUSTER and $SECRET.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup:               setupScript,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"faults": faults},
	})
}

// faults puts a fault script, as JSON, in the place of the one before:
//
//	faults '[{"service": "s3", "effect": "throttle"}]'
func faults(ts *testscript.TestScript, _ bool, args []string) {
	url := ts.Getenv("SIM") + "/_sim/faults"
	for _, method := range []string{http.MethodDelete, http.MethodPost} {
		body := strings.Join(args, "")
		if method == http.MethodPost && body == "" {
			return
		}
		req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
		ts.Check(err)
		resp, err := http.DefaultClient.Do(req)
		ts.Check(err)
		text, err := io.ReadAll(resp.Body)
		ts.Check(errors.Join(err, resp.Body.Close()))
		if resp.StatusCode/100 != 2 {
			ts.Fatalf("%s: %s", resp.Status, text)
		}
	}
}

func setupScript(env *testscript.Env) error {
	sim, err := startSim(context.Background(), simFlags{listen: "127.0.0.1:0", scale: 50})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = sim.Close() })
	return setVars(env, sim)
}

func setVars(env *testscript.Env, sim *simulation) error {
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	vars := map[string]string{
		"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"AWS_ENDPOINT_URL": sim.URL, "AWS_REGION": demo.Region,
		"AWS_ACCESS_KEY_ID": sim.Key.AccessKeyID, "AWS_SECRET_ACCESS_KEY": sim.Key.SecretAccessKey,
		"AWS_EC2_METADATA_DISABLED": "true",
		"ACCOUNT":                   demo.Main, "MEMBER": demo.Staging, "SIM": sim.URL,
		"INSTANCE": sim.Company.Instance, "CLUSTER": sim.Company.Cluster, "SECRET": sim.Company.Secret,
	}
	for name, value := range vars {
		env.Setenv(name, value)
	}
	return nil
}
