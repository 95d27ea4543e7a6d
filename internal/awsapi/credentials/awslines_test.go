package credentials_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
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
			_, err := awsapitest.Retrieve(t, awsapi.Settings{Region: "us-east-1"})
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid || f.File != path || f.Line != tt.line || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("%+v", f)
			}
		})
	}
}
