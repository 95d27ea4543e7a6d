package config

import (
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
		"files: {}":                         "files.root",
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
