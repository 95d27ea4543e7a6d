package awsapi_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// TestLinesThatAreNoSettings names file, line and what to do.
func TestLinesThatAreNoSettings(t *testing.T) {
	tests := map[string]struct {
		text string
		line int
		fix  string
	}{
		"no section":    {"# mine\naws_access_key_id = AKIA\naws_secret_access_key = s\n", 2, "[default]"},
		"no equal sign": {"[default]\naws_access_key_id = AKIA\naws_secret_access_key s\n", 3, "NAME = VALUE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			path := write(t, "credentials", tt.text)
			_, err := retrieve(t, awsapi.Settings{Region: "us-east-1"})
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid || f.File != path || f.Line != tt.line || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestDenialsNameThePolicyOfTheAgent tells its policy from the connection's.
func TestDenialsNameThePolicyOfTheAgent(t *testing.T) {
	for setting, opts := range map[string][]awsapi.Option{
		"the connection's policy setting": nil,
		"session_policy":                  {awsapi.WithAgent(awsapi.Agent{Policy: "{}"})},
	} {
		awsapitest.Clean(t)
		server := newTinyAWS(t)
		server.on("AssumeRole", assumed(3600e9))
		server.on("GetCallerIdentity", queryError(403, "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/one/x is not authorized to perform: "+
			"sts:GetCallerIdentity because no session policy allows the sts:GetCallerIdentity action"))
		settings := keys(server)
		settings.RoleARN, settings.Account = "arn:aws:iam::111122223333:role/one", "111122223333"
		s, err := awsapitest.PoolOf(settings, opts...).Session(t.Context(), awsapi.Target{})
		if err != nil {
			t.Fatal(err)
		}
		if f := awserr.Fault(whoAmI(t.Context(), s)); f == nil || !strings.Contains(f.Fix, setting) {
			t.Errorf("%s: %+v", setting, f)
		}
	}
}
