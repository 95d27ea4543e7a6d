package settings_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/hawser/hawser/internal/awsapi/settings"
)

func TestSecretsNeverPrint(t *testing.T) {
	conn := settings.Connection{SecretAccessKey: settings.NewSecret("TOPSECRET"), AccessKeyID: settings.NewSecret("env:KEY")}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, conn.SecretAccessKey), fmt.Sprintf(verb, &conn.SecretAccessKey), fmt.Sprintf(verb, conn))
	}
	asJSON, err := json.Marshal(conn)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(conn)
	if err != nil {
		t.Fatal(err)
	}
	shown = append(shown, string(asJSON), string(asYAML))
	for _, text := range shown {
		if strings.Contains(text, "TOPSECRET") || strings.Contains(text, fmt.Sprintf("%x", "TOPSECRET")) {
			t.Errorf("the secret shows: %s", text)
		}
	}
	if !strings.Contains(string(asJSON), "env:KEY") {
		t.Errorf("a reference is not a secret: %s", asJSON)
	}
}

// FuzzSettings reads connections as a file has them: whatever it holds, the
// check must neither fail nor show a secret.
func FuzzSettings(f *testing.F) {
	f.Add("role_arn: arn:aws:iam::111122223333:role/A\nduration: 1h\npolicy: {a: 1}\n")
	f.Add("access_key_id: env:\nsecret_access_key: HUSHHUSH\nvia: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		var conn settings.Connection
		if yaml.Unmarshal([]byte(text), &conn) != nil {
			return
		}
		conn.SecretAccessKey = settings.NewSecret("HUSHHUSH")
		for _, e := range conn.Problems() {
			if e.Field == "" || e.Fix == "" || !strings.Contains(text, "HUSHHUSH") && strings.Contains(e.Error(), "HUSHHUSH") {
				t.Errorf("%+v", e)
			}
		}
	})
}
