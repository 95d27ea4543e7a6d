package config

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// A limit that is empty limits nothing, and is never taken for one.
func TestEmptyLimitsAreRefused(t *testing.T) {
	for text, field := range map[string]string{
		"agents: {a: {tools: []}}":          "agents.a.tools",
		"agents: {a: {accounts: []}}":       "agents.a.accounts",
		"agents: {a: {connections: []}}":    "agents.a.connections",
		"guard: {allow: []}":                "guard.allow",
		"guard: {allow: }":                  "guard.allow",
		"guard: {deny: null}":               "guard.deny",
		"guard: {read_only: ~}":             "guard.read_only",
		"agents: {a: }":                     "agents.a",
		"agents: {a: {accounts: }}":         "agents.a.accounts",
		"agents: {a: {tools: null}}":        "agents.a.tools",
		"agents: {a: {read_only: }}":        "agents.a.read_only",
		"guard: null":                       "guard",
		"guard: ":                           "guard",
		"guard:\n  # confirm: [write]":      "guard",
		`{"guard": null}`:                   "guard",
		"files: null":                       "files",
		"files: {}":                         "files",
		"files: {root: }":                   "files.root",
		"files: {root: ~}":                  "files.root",
		`files: {root: ""}`:                 "files.root",
		`{"agents": {"a": {"deny": null}}}`: "agents.a.deny",
	} {
		_, err := Parse("hawser.yaml", []byte(text))
		if f := fault.From(err); f == nil || f.Field != field || f.Line != 1 {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A key that is written has a value of its type: an empty one is never taken as if
// the key was not there, whatever it is for.
func TestEveryKeyHasAValue(t *testing.T) {
	for text, field := range map[string]string{
		"audit: ''":                            "audit",
		"audit: {}":                            "audit",
		"audit: {max_size: ''}":                "audit.max_size",
		"audit: {max_size: null}":              "audit.max_size",
		"audit: {max_age: ' '}":                "audit.max_age",
		"audit: {file: ''}":                    "audit.file",
		"audit: {file: true}":                  "audit.file",
		"audit: {witness: null}":               "audit.witness",
		"audit: {witness: []}":                 "audit.witness",
		"audit: {witness: [{path: ''}]}":       "audit.witness[0].path",
		"audit: {witness: [{}]}":               "audit.witness[0]",
		"audit: {keep: }":                      "audit.keep",
		`audit: {keep: "1"}`:                   "audit.keep",
		"audit: {keep: 1.5}":                   "audit.keep",
		"guard: {}":                            "guard",
		"guard: {deny: []}":                    "guard.deny",
		"guard: {deny: ''}":                    "guard.deny",
		"guard: {deny: [s3.put, ]}\nstore: ''": "store",
		"guard: {deny: [s3.put, '']}":          "guard.deny[1]",
		"guard: {deny: [null]}":                "guard.deny[0]",
		"guard: {allow: &x []}":                "guard.allow",
		"guard: {confirm: ''}":                 "guard.confirm",
		"guard: {max_output: '100000'}":        "guard.max_output",
		"guard: {timeout: ''}":                 "guard.timeout",
		"guard: {confirm: &none []}\nagents: {a: {deny: *none}}": "agents.a.deny",
		"agents: {}":                                   "agents",
		"agents: {a: {role: ''}}":                      "agents.a.role",
		"agents: {a: {role: !!str ''}}":                "agents.a.role",
		"agents: {a: {deny: []}}":                      "agents.a.deny",
		"agents: {a: {confirm: []}}":                   "agents.a.confirm",
		"agents: {a: {approve: []}}":                   "agents.a.approve",
		"agents: {a: {audit: ''}}":                     "agents.a.audit",
		"agents: {a: {source_identity: ''}}":           "agents.a.source_identity",
		"agents: {a: {on_behalf_of: ''}}":              "agents.a.on_behalf_of",
		"agents: {a: {on_behalf_of: true}}":            "agents.a.on_behalf_of",
		"agents: {a: {session_policy: ''}}":            "agents.a.session_policy",
		"agents: {a: {session_policy: {}}}":            "agents.a.session_policy",
		"agents: {a: {max_output: 1.5}}":               "agents.a.max_output",
		"connections: ":                                "connections",
		"connections: {a: }":                           "connections.a",
		"connections: {a: {region: ''}}":               "connections.a.region",
		"connections: {a: {accounts: []}}":             "connections.a.accounts",
		"connections: {a: {accounts: [012345670123]}}": "connections.a.accounts[0]",
		"connections: {a: {account: 0o12}}":            "connections.a.account",
		"connections: {a: {scim: {}}}":                 "connections.a.scim",
		"connections: {a: {secret_access_key: ''}}":    "connections.a.secret_access_key",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', policy: ''}}":                 "connections.a.policy",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', session_tags: {team: null}}}": "connections.a.session_tags.team",
		"default_connection: ''":                "default_connection",
		"store: ''":                             "store",
		"store: |\n":                            "store",
		"people: {ada: []}":                     "people.ada",
		"plugins: {aws: }":                      "plugins.aws",
		"plugins: {}":                           "plugins",
		"audit: {keep: 0}":                      "audit.keep",
		"audit: {keep: 0x0}":                    "audit.keep",
		"audit: {max_size: 0}":                  "audit.max_size",
		"audit: {max_size: 0MB}":                "audit.max_size",
		"audit: {max_age: 0d}":                  "audit.max_age",
		"audit: {max_age: 0s}":                  "audit.max_age",
		"audit: {witness: [{s3: b, lock: 0d}]}": "audit.witness[0].lock",
		"audit: {witness: [{s3: /x}]}":          "audit.witness[0].s3",
		"guard: {max_output: 0}":                "guard.max_output",
		"guard: {max_output: &x 0}":             "guard.max_output",
		"agents: {a: {max_output: 0}}":          "agents.a.max_output",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', duration: 0}}":    "connections.a.duration",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', duration: 0s}}":   "connections.a.duration",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', duration: '0h'}}": "connections.a.duration",
	} {
		_, err := Parse("hawser.yaml", []byte(text))
		if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != field || f.Line != 1+strings.Count(strings.TrimSpace(text), "\n") || f.Fix == "" {
			t.Errorf("%s: %v, field %s", text, err, f.Field)
		}
	}
}

// Of names that are the same without case, one would win at random.
func TestNamesThatAreTheSame(t *testing.T) {
	for text, field := range map[string]string{
		"people: {ada: [x, y], eve: [X]}": "people.eve",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', session_tags: {Team: a, team: b}}}": "connections.a.session_tags",
	} {
		_, err := Parse("hawser.yaml", []byte(text))
		if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != field || f.Line != 1 || f.Fix == "" {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Parse("hawser.yaml", []byte("people: {ada: [x, X], Ada: [x]}")); err != nil {
		t.Error(err)
	}
}

// Where an empty value says something, it is taken.
func TestValuesThatAreEmptyAndMeanSomething(t *testing.T) {
	for _, text := range []string{
		"", "{}", "guard: {confirm: []}", "guard: {confirm: }", "guard: {timeout: 0}", "guard: {timeout: 0s}", `guard: {timeout: "0"}`,
		"connections: {a: {}}", "agents: {a: {}}", "plugins: {aws: {}}", "plugins: {gcp: {}, azure: ''}",
		"connections: {a: &a {}, b: *a}",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', session_tags: {team: ''}}}",
		"connections: {a: {role_arn: 'arn:aws:iam::111122223333:role/A', policy: {Version: '2012-10-17', Statement: []}}}",
		"connections: {a: {accounts: [111122223333]}}",
	} {
		if _, err := Parse("hawser.yaml", []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
