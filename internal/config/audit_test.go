package config

import (
	"errors"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

func TestAuditBlock(t *testing.T) {
	good := `
connections: {prod: {region: us-east-1}}
audit:
  max_size: 64MiB
  max_age: 30d
  keep: 3
  witness: [{path: /x}, {syslog: local}, {syslog: "udp://log:514"}, {s3: b/p, connection: prod, lock: 365d}]
`
	c, err := Parse("hawser.yaml", []byte(good))
	if err != nil || len(c.Audit.Witness) != 4 {
		t.Fatalf("%+v, %v", c, err)
	}
	for block, field := range map[string]string{
		"max_size: 64 apples":                    "audit.max_size",
		"max_size: 0":                            "audit.max_size",
		"max_age: soon":                          "audit.max_age",
		"max_age: never":                         "audit.max_age",
		"keep: -1":                               "audit.keep",
		"witness: [{}]":                          "audit.witness[0]",
		"witness: [{path: a, syslog: local}]":    "audit.witness[0]",
		"witness: [{path: a}, {syslog: nearby}]": "audit.witness[1].syslog",
		"witness: [{path: a, lock: 1d}]":         "audit.witness[0].s3",
		"witness: [{s3: b, lock: long}]":         "audit.witness[0].lock",
		"witness: [{s3: b, connection: prad}]":   "audit.witness[0].connection",
	} {
		_, err := Parse("hawser.yaml", []byte("connections: {prod: {region: us-east-1}}\naudit: {"+block+"}\n"))
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Invalid || e.Field != field || e.Fix == "" {
			t.Errorf("%s: %v", block, err)
		}
	}
}

func TestSizesAndAges(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "7": 7, "2KB": 2000, "2KiB": 2048, "1GiB": 1 << 30, "3 MB": 3e6} {
		if n, err := parseSize(text); err != nil || n != want {
			t.Errorf("%q is %d, %v", text, n, err)
		}
	}
	for text, want := range map[string]time.Duration{"": 0, "12h": 12 * time.Hour, "30d": 720 * time.Hour, "2w": 336 * time.Hour} {
		if d, err := parseAge(text); err != nil || d != want {
			t.Errorf("%q is %v, %v", text, d, err)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	f.Add("64MiB")
	f.Add("999999999999GiB")
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := parseSize(text); err == nil && (n < 0 || n == 0 && text != "") {
			t.Errorf("%q is %d", text, n)
		}
	})
}

// TestTheGuardPageIsRight reads the example of the audit block.
func TestTheGuardPageIsRight(t *testing.T) {
	text, err := os.ReadFile("../../docs/guard.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(audit:.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) != 1 {
		t.Fatalf("%d examples", len(blocks))
	}
	if _, err := Parse("example", append(blocks[0][1], "connections: {evidence: {region: us-east-1}}\n"...)); err != nil {
		t.Error(err)
	}
}

func TestAProfileSaysWhoseCallsAreSeen(t *testing.T) {
	for word, good := range map[string]bool{"own": true, "all": true, "some": false} {
		_, err := Parse("hawser.yaml", []byte("agents: {a: {audit: "+word+"}}\n"))
		if (err == nil) != good {
			t.Errorf("%s: %v", word, err)
		}
	}
}
