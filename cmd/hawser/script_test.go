package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hawser/hawser/internal/awssim/demo"
)

// raceOptions is the variable that the race detector reads.
const raceOptions = "GORACE"

// TestMain lets programs that were built with the race detector end at once: they wait
// a second before they do, and the tests start hundreds.
//
// https://go.dev/doc/articles/race_detector#Options
func TestMain(m *testing.M) {
	if err := os.Setenv(raceOptions, "atexit_sleep_ms=0 "+os.Getenv(raceOptions)); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"hawser": main, "xdg-open": browse})
}

// browse is the browser of scripts, under the name of the program that opens one. It opens
// a page as the user of $BROWSER_USER, follows where it leads, and prints what it was shown.
// The file browsed has the last page's text.
func browse() {
	page := os.Args[1] + "&user=" + os.Getenv("BROWSER_USER") + os.Getenv("BROWSER_MORE")
	resp, err := http.Get(page)
	if err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close(), os.WriteFile("browsed", text, 0o600)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("a browser that talks")
}

// TestScripts runs the command line as people do, each script in an empty
// directory with an empty home and a simulated AWS of its own. The demo
// company is there, its names in $INSTANCE, $CLUSTER and $SECRET.
func TestScripts(t *testing.T) {
	// Whoever runs the tests under nohup ignores SIGHUP, and so would the programs of
	// the scripts. A signal that is caught here has its default action in them.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup:               setupScript,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"faults": faults, "called": called, "appears": appears},
	})
}

// faults puts a fault script, as JSON, in the place of the one before:
//
//	faults '[{"service": "s3", "effect": "throttle"}]'
func faults(ts *testscript.TestScript, _ bool, args []string) {
	for _, what := range []string{"counters", "faults"} {
		askSim(ts, http.MethodDelete, what, "")
	}
	if body := strings.Join(args, ""); body != "" {
		askSim(ts, http.MethodPost, "faults", body)
	}
}

// How scripts look for what they wait for: so often that only a failure of the test
// runs out of it.
const (
	waits    = 6000
	waitStep = 50 * time.Millisecond
)

// called waits until an operation has been called, since the script began or
// since its last faults:
//
//	called s3:GetObject
func called(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: called SERVICE:Operation")
	}
	for range waits {
		if strings.Contains(askSim(ts, http.MethodGet, "counters", ""), `"`+args[0]+`"`) {
			return
		}
		time.Sleep(waitStep)
	}
	ts.Fatalf("nobody called %s", args[0])
}

// appears waits until a file has a line that matches a regular expression:
//
//	appears out.txt 'REPORT'
func appears(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: appears FILE REGEXP")
	}
	line, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for range waits {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && line.Match(text) {
			return
		}
		time.Sleep(waitStep)
	}
	ts.Fatalf("no line of %s matches %s", args[0], args[1])
}

// askSim asks the script's simulator itself, rather than the AWS that it is.
func askSim(ts *testscript.TestScript, method, what, body string) string {
	req, err := http.NewRequestWithContext(context.Background(), method, ts.Getenv("SIM")+"/_sim/"+what, strings.NewReader(body))
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	text, err := io.ReadAll(resp.Body)
	ts.Check(errors.Join(err, resp.Body.Close()))
	if resp.StatusCode/100 != 2 {
		ts.Fatalf("%s: %s", resp.Status, text)
	}
	return string(text)
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
		raceOptions: os.Getenv(raceOptions),
	}
	for name, value := range vars {
		env.Setenv(name, value)
	}
	return nil
}
