package config

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// What hawser trust shows are the values themselves: a name can't pass for
// something else, and no remark is lost.
func TestTrustShowsWhateverTheNames(t *testing.T) {
	for _, text := range []string{
		"connections:\n  \"dev\\n\":\n    region: us-east-1\n    secret_access_key: \"exec:/bin/true\"\n",
		"connections:\n  \"a\\e[2K\\rb\": {region: us-east-1}\n",
		"connections:\n  \"\": {region: us-east-1}\n",
		"agents:\n  \"a\\nb\": {read_only: true}\n",
	} {
		if _, err := Parse("hawser.yaml", []byte(text)); fault.From(err) == nil || !strings.Contains(err.Error(), "is not a name") {
			t.Errorf("%s: %v", text, err)
		}
	}
	text := `
connections:
  dev:
    region: us-east-1
    endpoint: http://127.0.0.1:1
    access_key_id: "exec:/bin/true"
    secret_access_key: "exec:/bin/true"
    role_arn: arn:aws:iam::111122223333:role/r
    session_tags: {"a\nendpoint": "x\ny"}
guard: {read_only: true, timeout: 90s, deny: [s3.delete]}
agents: {a: {tools: [s3.get], session_policy: {Version: "2012-10-17", Statement: []}}}
`
	c, err := Parse("hawser.yaml", []byte(text))
	if err != nil {
		t.Fatal(fault.From(err))
	}
	got := View("hawser.yaml", c, &Config{})
	for _, want := range []string{
		"  connections.dev.endpoint: http://127.0.0.1:1   <- signed requests go there\n",
		"  connections.dev.access_key_id: exec:/bin/true   <- runs this program, whatever it is then\n",
		"  connections.dev.role_arn: arn:aws:iam::111122223333:role/r\n",
		`  connections.dev.session_tags."a\nendpoint": "x\ny"` + "\n",
		"  guard.read_only: true\n", "  guard.timeout: 1m30s\n", "  guard.deny[0]: s3.delete\n",
		"  agents.a.tools[0]: s3.get\n", "  agents.a.session_policy: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "duration") {
		t.Errorf("a duration that is not set is shown:\n%s", got)
	}
}

// A limit of 0 that is set says something.
func TestTrustShowsZero(t *testing.T) {
	c, err := Parse("hawser.yaml", []byte("guard: {timeout: 0}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := View("hawser.yaml", c, &Config{}); !strings.Contains(got, "  guard.timeout: 0s\n") {
		t.Error(got)
	}
}

// Each scheme of a reference to a secret is remarked on.
func TestTrustRemarksOnEveryReference(t *testing.T) {
	for _, scheme := range settings.Schemes() {
		c := &Config{Connections: map[string]awsapi.Settings{"dev": {SecretAccessKey: settings.NewSecret(scheme + ":arn:aws:secretsmanager:us-east-1:111122223333:secret:s")}}}
		if got := View("hawser.yaml", c, &Config{}); !strings.Contains(got, "secret_access_key: "+scheme+":") || !strings.Contains(got, ":s   <- ") {
			t.Errorf("no remark on %s:\n%s", scheme, got)
		}
	}
}
