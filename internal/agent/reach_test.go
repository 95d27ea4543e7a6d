package agent

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/config"
)

// What an agent's calls use differs where its own connections, accounts, session
// or files do, and not where those of others do.
func TestAgentReach(t *testing.T) {
	const whole = `
default_connection: prod
connections:
  prod: {role_arn: "arn:aws:iam::111122223333:role/a", region: eu-west-1}
  keys: {profile: keys}
  dev: {access_key_id: "awssecret:arn:aws:secretsmanager:eu-west-1:111122223333:secret:k", secret_access_key: "awssecret:arn:aws:secretsmanager:eu-west-1:111122223333:secret:s", via: keys}
  other: {profile: other}
agents:
  a: {connections: [prod, dev], accounts: ["111122223333"], source_identity: ada, tools: ["s3.*"]}
`
	tests := []struct {
		name, config string
		same         bool
	}{
		{"the same", whole, true},
		{"another agent's connection", replaced(t, whole, "profile: other", "profile: another"), true},
		{"other tools", replaced(t, whole, "s3.*", "ec2.*"), true},
		{"another role", replaced(t, whole, "role/a", "role/b"), false},
		{"another region", replaced(t, whole, "eu-west-1", "eu-west-2"), false},
		{"what a connection goes through", replaced(t, whole, "profile: keys", "profile: chest"), false},
		{"a connection less", replaced(t, whole, "[prod, dev]", "[prod]"), false},
		{"another default", replaced(t, whole, "default_connection: prod", "default_connection: dev"), false},
		{"other accounts", replaced(t, whole, `accounts: ["111122223333"]`, `accounts: ["444455556666"]`), false},
		{"all accounts", replaced(t, whole, `accounts: ["111122223333"], `, ""), false},
		{"another source identity", replaced(t, whole, "ada", "bob"), false},
		{"a session policy", replaced(t, whole, "source_identity: ada", `source_identity: ada, session_policy: '{"Version":"2012-10-17","Statement":[]}'`), false},
		{"on another's behalf", replaced(t, whole, "source_identity: ada", "source_identity: ada, on_behalf_of: bob"), false},
	}
	reach := func(text string) Reach {
		t.Helper()
		c, err := config.Parse("hawser.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.Profile("a")
		if err != nil {
			t.Fatal(err)
		}
		r, err := reachOf(c, &Agent{Agent: a, Called: a.Name()})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := reach(whole)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if after := reach(tt.config); reflect.DeepEqual(before, after) != tt.same {
				t.Errorf("before %+v\nafter  %+v", before, after)
			}
		})
	}
}

// replaced is a text with another one in the place of a part that it must have.
func replaced(t *testing.T, text, part, by string) string {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("there is no %q", part)
	}
	return strings.Replace(text, part, by, 1)
}

func TestSessionNames(t *testing.T) {
	for _, tt := range [][3]string{
		{"", "ada", ""},
		{"triage", "", "hawser-triage"},
		{"triage", "ada@example.com", "hawser-triage+ada@example.com"},
		{"triage", "Ada Löve/1", "hawser-triage+Ada-L-ve-1"},
		{"triage", strings.Repeat("a", 80), "hawser-triage+" + strings.Repeat("a", 50)},
	} {
		if got := sessionName(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q for %q: %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}
