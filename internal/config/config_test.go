package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

func TestBadConfigNamesLineFieldAndFix(t *testing.T) {
	tests := map[string]struct {
		text  string
		line  int
		field string
		says  string // in the message or the cause
	}{
		"unknown top key":       {"conections: {}\n", 1, "conections", "did you mean connections?"},
		"unknown key":           {"connections:\n  a:\n    regoin: us-east-1\n", 3, "connections.a.regoin", "did you mean region?"},
		"unknown key in a role": {"connections:\n  a:\n    roles:\n      - role_arn: arn:aws:iam::111122223333:role/A\n        external-id: x\n", 5, "connections.a.roles[0].external-id", "did you mean external_id?"},
		"unknown guard key":     {"guard:\n  readonly: true\n", 2, "guard.readonly", "did you mean read_only?"},
		"unknown plugin key":    {`{"plugins": {"aws": {"region": "us-east-1", "accessKeyID": "x"}}}`, 1, "plugins.aws.accessKeyID", "did you mean accessKeyId?"},
		"doubled key":           {"connections:\n  a:\n    region: us-east-1\n    region: us-east-2\n", 4, "connections.a.region", "already"},
		"wrong type":            {"connections:\n  a:\n    region: [x]\n", 3, "connections.a.region", "not a text"},
		"not a list":            {"connections:\n  a:\n    regions: {us-east-1: true}\n", 3, "connections.a.regions", "a mapping is not a list"},
		"a bad list of one":     {"connections:\n  a:\n    regions: us-east1\n", 3, "connections.a.regions[0]", "did you mean us-east-1?"},
		"an effect of one":      {"guard:\n  confirm: explode\n", 2, "guard.confirm", "is not an effect"},
		"not true or false":     {"guard:\n  read_only: maybe\n", 2, "guard.read_only", "not true or false"},
		"bad syntax":            {"connections:\n  a: {region: x\n", 2, "connections.a", "bracket is opened"},
		"bad JSON":              {"{\"connections\": \n {\"a\": {\"region\": \"x\n", 2, "", ""},
		"a tab":                 {"connections:\n\ta: 1\n", 2, "connections.a", "with a tab"},
		"two documents":         {"connections: {}\n---\nguard: {}\n", 2, "", "2 documents"},
		"a list":                {"- a\n", 1, "", "does not hold keys"},

		"bad ARN":             {"connections:\n  a:\n    role_arn: arn:aws:iam::1:role/x\n", 3, "connections.a.role_arn", "not the ARN of a role"},
		"a user's ARN":        {"connections:\n  a:\n    role_arn: arn:aws:iam::111122223333:user/x\n", 3, "connections.a.role_arn", "not the ARN of a role"},
		"unknown region":      {"connections:\n  a:\n    profile: p\n    region: us-east1\n", 4, "connections.a.region", "did you mean us-east-1?"},
		"unknown regions":     {"connections:\n  a:\n    regions:\n      - us-east-1\n      - eu-wst-1\n", 5, "connections.a.regions[1]", "did you mean eu-west-1?"},
		"role and roles":      {"connections:\n  a:\n    role_arn: arn:aws:iam::111122223333:role/A\n    roles:\n      - role_arn: arn:aws:iam::111122223333:role/B\n", 4, "connections.a.roles", "can't be used together"},
		"external id alone":   {"connections:\n  a:\n    region: us-east-1\n    external_id: abc\n", 4, "connections.a.external_id", "there is no role_arn"},
		"key without secret":  {"connections:\n  a:\n    access_key_id: AKIA\n", 3, "connections.a.access_key_id", "needs its secret"},
		"secret without key":  {"connections:\n  a:\n    secret_access_key: env:S\n", 3, "connections.a.secret_access_key", "needs its access key"},
		"keys and profile":    {"connections:\n  a:\n    access_key_id: AKIA\n    secret_access_key: env:S\n    profile: p\n", 5, "connections.a.profile", "both keys and a profile"},
		"unknown source":      {"connections:\n  a:\n    source: enviroment\n", 3, "connections.a.source", "did you mean environment?"},
		"source against keys": {"connections:\n  a:\n    source: instance\n    access_key_id: AKIA\n    secret_access_key: env:S\n", 4, "connections.a.access_key_id", "does not use keys"},
		"bad duration":        {"connections:\n  a:\n    role_arn: arn:aws:iam::111122223333:role/A\n    duration: 1 hour\n", 4, "connections.a.duration", "not a duration"},
		"long chained role":   {"connections:\n  a:\n    roles:\n      - role_arn: arn:aws:iam::111122223333:role/A\n      - role_arn: arn:aws:iam::111122223333:role/B\n        duration: 2h\n", 6, "connections.a.roles[1].duration", "AWS limits chained sessions to one hour"},
		"another partition":   {"connections:\n  a:\n    region: us-east-1\n    role_arn: arn:aws-cn:iam::111122223333:role/A\n", 4, "connections.a.role_arn", "partition aws-cn"},
		"bad policy":          {"connections:\n  a:\n    role_arn: arn:aws:iam::111122223333:role/A\n    policy: 'not json'\n", 4, "connections.a.policy", "not a JSON object"},
		"bad account":         {"connections:\n  a:\n    accounts: ['1']\n", 3, "connections.a.accounts[0]", "not an account"},
		"bad endpoint":        {"connections:\n  a:\n    endpoint: localhost:4566\n", 3, "connections.a.endpoint", "not an address"},
		"endpoint and FIPS":   {"connections:\n  a:\n    endpoint: https://h\n    fips: true\n", 3, "connections.a.endpoint", "excludes fips"},
		"bad secret ARN":      {"connections:\n  a:\n    access_key_id: env:K\n    secret_access_key: awssecret:nope#k\n", 4, "connections.a.secret_access_key", "ARN of a secret"},
		"via nobody":          {"connections:\n  a:\n    via: b\n    access_key_id: env:K\n    secret_access_key: awssecret:arn:aws:secretsmanager:us-east-1:111122223333:secret:x#k\n", 3, "connections.a.via", "no connection"},
		"via itself": {"connections:\n  a:\n    via: b\n    access_key_id: env:K\n    secret_access_key: awssecret:arn:aws:secretsmanager:us-east-1:111122223333:secret:x#k\n" +
			"  b:\n    via: a\n    access_key_id: env:K\n    secret_access_key: awssecret:arn:aws:secretsmanager:us-east-1:111122223333:secret:x#k\n", 3, "connections.a.via", "through itself"},
		"unknown default":    {"default_connection: prd\nconnections:\n  prod: {}\n", 1, "default_connection", `did you mean "prod"?`},
		"plugin and default": {"connections:\n  default: {}\nplugins:\n  aws: {region: us-east-1}\n", 4, "plugins.aws", "same connection"},
		"bad effect":         {"guard:\n  confirm: [explode]\n", 2, "guard.confirm", "is not an effect"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("dir/hawser.yaml", []byte(tt.text))
			var e *fault.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != fault.Invalid || e.File != "dir/hawser.yaml" || e.Line != tt.line || e.Field != tt.field || e.Fix == "" {
				t.Errorf("got %s %s:%d field %q fix %q", e.Kind, e.File, e.Line, e.Field, e.Fix)
			}
			if !strings.Contains(e.Message+" "+e.Cause, tt.says) {
				t.Errorf("%q does not say %q", e.Error(), tt.says)
			}
		})
	}
}

func TestConfigErrorsNeverShowSecrets(t *testing.T) {
	for _, text := range []string{
		"connections:\n  a:\n    secret_access_key: TOPSECRET\n    bogus: 1\n",
		"connections:\n  a:\n    secret_access_key: [TOPSECRET]\n",
		"connections:\n  a:\n    secret_access_key: \"TOPSECRET\n",
		"connections:\n  a:\n    secret_access_key: TOPSECRET\n",
		"connections:\n  a: {secret_access_key: TOPSECRET\n",
	} {
		_, err := Parse("hawser.yaml", []byte(text))
		e := fault.From(err)
		if e == nil || strings.Contains(e.Error()+e.Fix, "TOPSECRET") {
			t.Errorf("%q gives %v", text, e)
		}
	}
}

func TestPluginBlockIsAConnection(t *testing.T) {
	const block = `{"plugins": {"aws": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "...", "region": "us-east-1", "profile": "default"}}}`
	c, err := Parse("hawser.json", []byte(block))
	if err != nil {
		t.Fatal(err)
	}
	got := c.Connections["default"]
	if got.Region != "us-east-1" || got.AccessKeyID != settings.NewSecret("AKIAIOSFODNN7EXAMPLE") || got.SecretAccessKey != settings.NewSecret("...") {
		t.Errorf("got %+v", got)
	}
	for name, text := range map[string]string{
		"only the region": `{"plugins": {"aws": {"region": "us-east-1"}}}`,
		"a profile":       `{"plugins": {"aws": {"region": "us-east-1", "profile": "p"}}}`,
		"keys":            `{"plugins": {"aws": {"region": "us-east-1", "accessKeyId": "A", "secretAccessKey": "B"}}}`,
	} {
		if c, err := Parse("hawser.json", []byte(text)); err != nil || len(c.Connections) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigIsReadWhole(t *testing.T) {
	const text = `
default_connection: prod
connections:
  prod:
    profile: sso
    region: eu-central-1
    regions: [eu-central-1, eu-west-1]
    role_arn: arn:aws:iam::111122223333:role/Hawser
    external_id: abc
    session_name: ops
    source_identity: ada
    duration: 90m
    session_tags: {team: core}
    transitive_tags: [team]
    policy: {Version: "2012-10-17", Statement: []}
    accounts: ["444455556666"]
    member_role: Ops
guard: {read_only: true, allow: ["s3.*"], deny: [s3.delete], confirm: [write, destroy], max_output: 65536, timeout: 90s}
audit: {file: /var/log/hawser.jsonl}
files: {root: /srv}
`
	c, err := Parse("hawser.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Connection{
		Profile: "sso", Region: "eu-central-1", Regions: []string{"eu-central-1", "eu-west-1"},
		Role: settings.Role{
			RoleARN: "arn:aws:iam::111122223333:role/Hawser", ExternalID: "abc", SessionName: "ops", SourceIdentity: "ada",
			Duration: settings.Duration(90 * time.Minute), SessionTags: map[string]string{"team": "core"}, TransitiveTags: []string{"team"},
			Policy: `{"Statement":[],"Version":"2012-10-17"}`,
		},
		Accounts: []string{"444455556666"}, MemberRole: "Ops",
	}
	if diff := cmp.Diff(want, c.Connections["prod"], cmp.Comparer(func(a, b settings.Secret) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	guard := tool.Guard{
		ReadOnly: true, Allow: []string{"s3.*"}, Deny: []string{"s3.delete"},
		Confirm: []tool.Effect{tool.Write, tool.Destroy}, MaxOutput: 65536, Timeout: new(90 * time.Second),
	}
	if diff := cmp.Diff(guard, c.Guard, cmpopts.IgnoreUnexported(tool.Guard{})); diff != "" {
		t.Error(diff)
	}
	if c.Audit.File != "/var/log/hawser.jsonl" || c.Files.Root != "/srv" || c.Default() != "prod" {
		t.Errorf("got %+v", c)
	}
}

// TestAnEmptyGuardAsksAsByDefault: only a list that is written as empty turns
// the questions off.
func TestAnEmptyGuardAsksAsByDefault(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, "# nothing\n": 1, "{}": 1, "guard:\n  confirm:\n": 1, "guard: {read_only: true}\n": 1,
		"guard: {confirm: []}\n": 0, "guard: {confirm: [write, destroy]}\n": 2,
	} {
		c, err := Parse("hawser.yaml", []byte(text))
		if err != nil || len(c.Guard.Confirm) != want || c.path != "hawser.yaml" {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
		own := &Config{Guard: tool.DefaultGuard()}
		if p, err := ParseProject("hawser.yaml", []byte(text), own); err != nil || p.path != "hawser.yaml" {
			t.Errorf("%q in a project: %+v, %v", text, p, err)
		}
	}
}

// TestAListOfOneNeedsNoBrackets: where a list of texts is wanted, one text is a
// list of one, in every key that takes such a list.
func TestAListOfOneNeedsNoBrackets(t *testing.T) {
	for text, list := range map[string]string{
		"guard: {allow: s3.*, deny: s3.delete, confirm: write}":                                                                 "guard: {allow: [s3.*], deny: [s3.delete], confirm: [write]}",
		"connections:\n  a:\n    regions: eu-west-1\n    owners: ada@example.com":                                               "connections: {a: {regions: [eu-west-1], owners: [ada@example.com]}}",
		"connections: {a: {accounts: 111122223333}}":                                                                            "connections: {a: {accounts: [111122223333]}}",
		"connections: {a: {accounts: '011122223333'}}":                                                                          "connections: {a: {accounts: ['011122223333']}}",
		"connections:\n  a: &a\n    regions: &r eu-west-1\n  b:\n    <<: *a\n    extra_regions: *r":                             "connections: {a: {regions: [eu-west-1]}, b: {regions: [eu-west-1], extra_regions: [eu-west-1]}}",
		`{"agents": {"x": {"tools": "s3.*", "approve": "s3.get", "connections": "a"}}, "connections": {"a": {}}}`:               "agents: {x: {tools: [s3.*], approve: [s3.get], connections: [a]}}\nconnections: {a: {}}",
		"people: {ada: 'arn:aws:iam::111122223333:user/ada'}":                                                                   "people: {ada: ['arn:aws:iam::111122223333:user/ada']}",
		"connections: {a: {roles: [{role_arn: 'arn:aws:iam::111122223333:role/A', session_tags: {k: v}, transitive_tags: k}]}}": "connections: {a: {roles: [{role_arn: 'arn:aws:iam::111122223333:role/A', session_tags: {k: v}, transitive_tags: [k]}]}}",
	} {
		got, err := Parse("hawser.yaml", []byte(text))
		want, err2 := Parse("hawser.yaml", []byte(list))
		if err != nil || err2 != nil {
			t.Errorf("%s: %v, %v", text, err, err2)
			continue
		}
		got.text, want.text = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("connections:\n  a:\n    region: us-east-1\n")
	f.Add(`{"plugins": {"aws": {"region": "us-east-1"}}}`)
	f.Add("guard: {timeout: 1s}\n---\n")
	f.Add("people: {0:! 0}")
	f.Add("guard: &a {allow: &b s3.*}\npeople: {a: 1, b: *b, <<: *a}\n")
	f.Add("agents: {a: {tools: [s3.*], approve: [\"*\"]}}\nplugins: {gcp: {a: 1}, aws: {}}\n")
	f.Fuzz(func(t *testing.T, file string) {
		c, err := Parse("hawser.yaml", []byte(file))
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v and error %v", c, err)
		}
		if e := fault.From(err); err != nil && e.Kind == fault.Internal {
			t.Fatalf("an internal fault: %v", e)
		}
		project, err := ParseProject("hawser.yaml", []byte(file), &Config{Guard: tool.DefaultGuard()})
		if (project == nil) == (err == nil) {
			t.Fatalf("project %v and error %v", project, err)
		}
		if project == nil {
			return
		}
		if project.Audit.File != "" || project.Store != "" || len(project.People) != 0 || project.Files.Root != "" {
			t.Fatalf("a project sets %+v", project)
		}
		for _, a := range project.Agents {
			if len(a.Approve) > 0 || a.ShowSecrets || a.Role == caller.Admin {
				t.Fatalf("a project has the agent %+v", a)
			}
		}
		if view := View("/a/hawser.yaml", project, &Config{}); strings.ContainsFunc(view, func(r rune) bool { return r != '\n' && text.Hidden(r) }) {
			t.Fatalf("%q is shown", view)
		}
	})
}
