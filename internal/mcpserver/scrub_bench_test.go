package mcpserver

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkScrub is what masking costs: an answer and a log without secrets, and
// ones with them.
func BenchmarkScrub(b *testing.B) {
	scrub := newScrubber()
	var instances []any
	var quiet, loud strings.Builder
	for i := range 100 {
		instances = append(instances, map[string]any{
			"id": fmt.Sprintf("i-%017x", i), "arn": fmt.Sprintf("arn:aws:ec2:us-east-1:111122223333:instance/i-%017x", i), "type": "m7g.large", "state": "running",
			"key_name": "web", "launched": "2026-01-02T03:04:05Z", "private_ip": "10.0.0.1", "metadata_tokens": "required",
			"tags": map[string]any{"Name": "web", "team": "shop", "aws:autoscaling:groupName": "web"},
		})
		fmt.Fprintf(&quiet, "2026-01-02T03:04:05.%03dZ INFO request id=%d GET /v1/items?page=%d&sort=key took 12ms, 3 retries at http://localhost:8080\n", i, i, i)
		fmt.Fprintf(&loud, "2026-01-02T03:04:05.%03dZ INFO {\"user\":\"ada\",\"password\":\"hunter%d\"} db=postgres://app:hunter@db/shop DB_PASSWORD=hunter%d\n", i, i, i)
	}
	for _, bb := range []struct {
		name string
		in   any
	}{
		{"an answer", map[string]any{"instances": instances}},
		{"a log", quiet.String()},
		{"a log with secrets", loud.String()},
		{"a manifest", strings.Repeat("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  x: aHVudGVy\n---\ndb:\n  host: db\n  password: hunter22\n---\n", 50)},
		{"CSV", "user,password,host\n" + strings.Repeat("ada,hunter22,db.example.com\n", 300)},
		{"prose", strings.Repeat("The keys, the tokens and the passwords are kept in the vault, which rotates them, as told.\n", 100)},
		{"sections", strings.Repeat("[secret]\na = \"hunter22\"\nb = \"hunter23\"\n[db]\nhost = \"db\"\nports = [1, 2]\n", 100)},
		{"XML", strings.Repeat("<Db><User>app</User><Password>hunter22</Password><Host>db</Host></Db>\n", 100)},
	} {
		raw, err := json.Marshal(bb.in)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if out, _ := scrub.clean(raw); len(out) == 0 {
					b.Fatal("nothing is left")
				}
			}
		})
	}
}
