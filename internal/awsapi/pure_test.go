package awsapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

func TestSecretsNeverPrint(t *testing.T) {
	settings := awsapi.Settings{SecretAccessKey: awsapi.NewSecret("TOPSECRET"), AccessKeyID: awsapi.NewSecret("env:KEY")}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, settings.SecretAccessKey), fmt.Sprintf(verb, &settings.SecretAccessKey), fmt.Sprintf(verb, settings))
	}
	asJSON, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(settings)
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
		t.Errorf("a reference is no secret: %s", asJSON)
	}
}

func TestNewRegionsCanBeNamed(t *testing.T) {
	awsapitest.Clean(t)
	settings := awsapi.Settings{
		AccessKeyID: awsapi.NewSecret("AKIA"), SecretAccessKey: awsapi.NewSecret("x"), Region: "xx-new-1",
		AllowRoot: true, Account: "111122223333",
	}
	if len(settings.Problems()) != 1 {
		t.Errorf("an unknown region is a problem: %v", settings.Problems())
	}
	settings.ExtraRegions = []string{"xx-new-1"}
	if found := settings.Problems(); len(found) != 0 {
		t.Errorf("extra_regions names it: %v", found)
	}
	if s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{}); err != nil || s.Region != "xx-new-1" {
		t.Errorf("%+v, %v", s, err)
	}
}

// FuzzSettings reads connections as a file has them: whatever it holds, the
// check must neither fail nor show a secret.
func FuzzSettings(f *testing.F) {
	f.Add("role_arn: arn:aws:iam::111122223333:role/A\nduration: 1h\npolicy: {a: 1}\n")
	f.Add("access_key_id: env:\nsecret_access_key: HUSHHUSH\nvia: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		var settings awsapi.Settings
		if yaml.Unmarshal([]byte(text), &settings) != nil {
			return
		}
		settings.SecretAccessKey = awsapi.NewSecret("HUSHHUSH")
		for _, e := range settings.Problems() {
			if e.Field == "" || e.Fix == "" || !strings.Contains(text, "HUSHHUSH") && strings.Contains(e.Error(), "HUSHHUSH") {
				t.Errorf("%+v", e)
			}
		}
	})
}
