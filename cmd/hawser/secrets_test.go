package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
)

// The secrets that a connection, a call and a database hold in these tests.
const (
	wrongSecret  = "wrong/Secret+Key/0123456789abcdefghijklm"
	sessionToken = "FwoGZXIvYXdzEJr+token/that+nobody/must=see"
	storedSecret = "stored-away/in+Secrets=Manager"
	execSecret   = "printed-by/a+Program"
	parameter    = "4929-1234-5678-9012"
	bigNumber    = "492912345678901249291234567890124929"
	payload      = "pay-load-of-a-secret-kind"
)

// TestSecretsStayInMemory makes calls that work and calls that go wrong in every
// way, and looks for secrets in all that they leave: output, audit log, files.
func TestSecretsStayInMemory(t *testing.T) {
	d := newWorkspace(t)
	tests := map[string]struct {
		args  string
		fault awssim.Effect
		exit  int
	}{
		"a listing":                         {"s3 list -o json", "", 0},
		"the connections":                   {"connections list -o json", "", 0},
		"all examined":                      {"doctor -o json", "", 1},
		"a check":                           {"connections check keys -o json", "", 0},
		"a wrong secret":                    {"s3 list --connection wrong", "", 1},
		"a wrong secret, examined":          {"connections check wrong -o json", "", 1},
		"a wrong token":                     {"s3 list --connection session -o json", "", 1},
		"a secret that is kept away":        {"s3 list --connection away", "", 0},
		"a secret that is not JSON":         {"s3 list --connection flat -o json", "", 1},
		"a secret without the field":        {"s3 list --connection field -o json", "", 1},
		"a program that fails":              {"s3 list --connection program -o json", "", 1},
		"denied":                            {"s3 list -o json", awssim.DenyAccess, 1},
		"expired":                           {"s3 list -o json", awssim.ExpireToken, 1},
		"half an answer":                    {"s3 list -o json", awssim.TruncateBody, 1},
		"a broken connection":               {"s3 list -o json", awssim.Reset, 1},
		"a parameter":                       {insert + `{"v":"` + parameter + `"}`, "", 0},
		"sets of parameters":                {inserts + `[{"v":"` + parameter + `1"},{"v":"` + parameter + `2"}]`, "", 0},
		"a parameter given twice":           {inserts + `[{"v":"` + parameter + `"},{"v":"` + parameter + `"}]`, "", 1},
		"a statement that fails":            {failing + `{"v":"` + parameter + `"}`, "", 1},
		"a parameter of a wrong type":       {insert + `{"v":{"value":"` + parameter + `","type":"DATE"}}`, "", 1},
		"a parameter of no type":            {insert + `{"v":{"value":"` + parameter + `","type":"` + parameter + `"}}`, "", 1},
		"a parameter that is not base64":    {insert + `{"v":{"value":"` + parameter + `","type":"BLOB"}}`, "", 1},
		"a parameter that is too large":     {insert + `{"v":` + bigNumber + `}`, "", 1},
		"parameters that are not an object": {insert + `"` + parameter + `"`, "", 1},
		"parameters that are not JSON":      {insert + `{"v":"` + parameter, "", 1},
		"a denied statement":                {insert + `{"v":"` + parameter + `"}`, awssim.DenyAccess, 1},
		"a payload":                         {"lambda invoke checkout --yes --payload {\"a\":\"" + payload + "\"}", awssim.DenyAccess, 1},
		"a payload that needs a yes":        {"lambda invoke checkout --payload {\"a\":\"" + payload + "\"}", "", 1},
		"a payload that is not JSON":        {"lambda invoke checkout --yes --payload {" + payload, "", 1},
		"a body":                            {"s3 put acme-web note --yes --body " + payload, "", 0},
		"a body that needs a yes":           {"s3 put acme-web note --body " + payload, "", 1},
		"a body for an absent bucket":       {"s3 put acme-absent note --yes --body " + payload + " -o json", "", 1},
		"an input that is not JSON":         {`call rds.query --json {"parameters":{"v":"` + parameter, "", 1},
		"an input with an unknown field":    {`call rds.query --json {"parameter":{"v":"` + parameter + `"}}`, "", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d.inject(t, tt.fault)
			exit, shown := d.run(t, d.words(tt.args)...)
			if exit != tt.exit || shown == "" {
				t.Errorf("exit %d, want %d:\n%s", exit, tt.exit, shown)
			}
			d.search(t, "the output", []byte(shown))
		})
	}
	d.searchFiles(t)
}

// TestSecretsStayOutOfConfigFaults breaks the file around a secret: what is
// wrong is told without the text that stands there.
func TestSecretsStayOutOfConfigFaults(t *testing.T) {
	for name, text := range map[string]string{
		"an open quote":     "connections:\n  a:\n    access_key_id: AKIAIOSFODNN7EXAMPLE\n    secret_access_key: \"" + wrongSecret + "\n",
		"a wrong type":      "connections:\n  a:\n    access_key_id: AKIAIOSFODNN7EXAMPLE\n    secret_access_key: {key: \"" + wrongSecret + "\"}\n",
		"a list":            "connections:\n  a:\n    secret_access_key: [\"" + wrongSecret + "\"]\n",
		"a bad next line":   "connections:\n  a:\n    secret_access_key: " + wrongSecret + "\n   region: us-east-1\n",
		"an unknown key":    "connections:\n  a:\n    secret_acces_key: " + wrongSecret + "\n",
		"a doubled key":     "connections:\n  a:\n    secret_access_key: " + wrongSecret + "\n    secret_access_key: " + wrongSecret + "\n",
		"a secret alone":    "connections:\n  a:\n    secret_access_key: " + wrongSecret + "\n",
		"JSON cut short":    `{"plugins": {"aws": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "` + wrongSecret + `"`,
		"JSON, wrong type":  `{"plugins": {"aws": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": ["` + wrongSecret + `"]}}}`,
		"JSON, no comma":    `{"plugins": {"aws": {"secretAccessKey": "` + wrongSecret + `" "region": "us-east-1"}}}`,
		"a tab for a space": "connections:\n  a:\n\tsecret_access_key: " + wrongSecret + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := newWorkspace(t)
			if err := os.WriteFile("hawser.yaml", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			exit, shown := d.run(t, "s3", "list", "-o", "json")
			if exit != 1 || !strings.Contains(shown, "hawser.yaml") {
				t.Errorf("exit %d:\n%s", exit, shown)
			}
			d.search(t, "the output", []byte(shown))
		})
	}
}

// The statements stand without spaces, as the tests' lines are split at them.
const (
	insert  = "rds query CLUSTER SECRET INSERT/**/INTO/**/cards/**/VALUES(:v) --yes -o json --parameters "
	inserts = "rds query CLUSTER SECRET INSERT/**/INTO/**/cards/**/VALUES(:v) --yes -o json --parameter-sets "
	failing = "rds query CLUSTER SECRET INSERT/**/INTO/**/absent/**/VALUES(:v) --yes -o json --parameters "
)

// workspace is a person's directory with a configuration full of secrets, before a
// simulated AWS.
type workspace struct {
	sim     *simulation
	dir     string
	secrets []string
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	sim, err := startSim(t.Context(), simFlags{listen: "127.0.0.1:0", scale: 50})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	d := &workspace{sim: sim, dir: t.TempDir(), secrets: []string{
		sim.Key.SecretAccessKey, wrongSecret, sessionToken, storedSecret, execSecret, parameter, bigNumber, payload,
	}}
	t.Chdir(d.dir)
	for name, value := range map[string]string{
		"HOME": d.dir, "XDG_STATE_HOME": filepath.Join(d.dir, "state"), "XDG_CONFIG_HOME": d.dir, "AWS_ENDPOINT_URL": sim.URL,
		"AWS_EC2_METADATA_DISABLED": "true", "HAWSER_CONFIG": "hawser.yaml", "AWS_PROFILE": "", "KEPT": sim.Key.SecretAccessKey,
	} {
		t.Setenv(name, value)
	}
	account := sim.world.Account(demo.Main)
	flat := secretsmanager.Put(sim.world, account.ID, "us-east-1", "flat", storedSecret)
	fields := secretsmanager.Put(sim.world, account.ID, "us-east-1", "fields", `{"secret": "`+sim.Key.SecretAccessKey+`", "other": "`+storedSecret+`"}`)
	d.configure(t, flat, fields)
	d.run(t, d.words("rds query CLUSTER SECRET CREATE/**/TABLE/**/cards(v/**/TEXT/**/UNIQUE) --yes")...)
	return d
}

// configure writes connections whose secrets are literal, elsewhere, and wrong.
func (d *workspace) configure(t *testing.T, flat, fields string) {
	t.Helper()
	connection := func(name, secret, more string) string {
		return "  " + name + ":\n    region: us-east-1\n    access_key_id: " + d.sim.Key.AccessKeyID + "\n    secret_access_key: " + secret + "\n" + more
	}
	text := "default_connection: keys\nguard:\n  confirm: [write, destroy]\nconnections:\n" +
		connection("keys", d.sim.Key.SecretAccessKey, "") +
		connection("wrong", wrongSecret, "") +
		connection("session", d.sim.Key.SecretAccessKey, "    session_token: "+sessionToken+"\n") +
		connection("kept", "env:KEPT", "") +
		connection("away", "awssecret:"+fields+"#secret", "    via: keys\n") +
		connection("flat", "awssecret:"+flat+"#secret", "    via: keys\n") +
		connection("field", "awssecret:"+fields+"#absent", "    via: keys\n") +
		connection("program", "exec:./fail", "")
	if err := os.WriteFile("hawser.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("fail", []byte("#!/bin/sh\necho "+execSecret+"\necho "+execSecret+" >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// inject makes the calls of the tools go wrong, or none.
func (d *workspace) inject(t *testing.T, effect awssim.Effect) {
	t.Helper()
	d.sim.world.ClearFaults()
	if effect == "" {
		return
	}
	for _, service := range []string{"s3", "lambda", "rds-data"} {
		if err := d.sim.world.AddFault(awssim.Fault{Service: service, Effect: effect}); err != nil {
			t.Fatal(err)
		}
	}
}

// words splits a line, with the cluster and its secret put in.
func (d *workspace) words(line string) []string {
	words := strings.Fields(line)
	for i, w := range words {
		switch w {
		case "CLUSTER":
			words[i] = d.sim.Company.Cluster
		case "SECRET":
			words[i] = d.sim.Company.Secret
		}
	}
	return words
}

func (d *workspace) run(t *testing.T, args ...string) (exit int, shown string) {
	t.Helper()
	var out bytes.Buffer
	exit = run(t, os.Environ(), "", &out, args...)
	return exit, out.String()
}

// search looks for the secrets, plain and in the forms that requests have them.
func (d *workspace) search(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, secret := range d.secrets {
		forms := []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
			hex.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "/", `\/`),
		}
		for _, form := range forms {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("%s holds %q:\n%s", where, form, text)
			}
		}
	}
}

// searchFiles looks through all that the calls left in the directory, the audit
// log above all.
func (d *workspace) searchFiles(t *testing.T) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(d.dir, "state", "hawser", "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"tool":"rds.query"`, `"tool":"lambda.invoke"`, `"hmac_sha256":`, `"outcome":"error"`, `"outcome":"refused"`} {
		if !bytes.Contains(log, []byte(part)) {
			t.Errorf("the audit log holds no %s", part)
		}
	}
	d.search(t, "the audit log", log)
}
