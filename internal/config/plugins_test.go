package config

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// TestOtherPluginsAreIgnored reads blocks that hold the settings of other
// programs beside those of AWS.
func TestOtherPluginsAreIgnored(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":             `{"plugins": {"gcp": {"project": "x", "keys": [1, {"a": null}]}, "aws": {"region": "us-east-1"}}}`,
		"after":            `{"plugins": {"aws": {"region": "us-east-1"}, "gcp": true}}`,
		"YAML":             "plugins:\n  gcp:\n    project: x\n  aws:\n    region: us-east-1\n",
		"YAML, one line":   "plugins: {aws: {region: us-east-1}, gcp: {project: x}}\n",
		"with connections": "connections:\n  a: {region: eu-west-1}\nplugins:\n  aws: {region: us-east-1}\n  gcp:\n",
	} {
		c, err := Parse("hawser.yaml", []byte(text))
		if err != nil || c.Connections["default"].Region != "us-east-1" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	for name, text := range map[string]string{
		"only another": `{"plugins": {"gcp": {"project": "x"}}}`,
		"one in YAML":  "plugins:\n  gcp:\n    project: x\n",
	} {
		if c, err := Parse("hawser.yaml", []byte(text)); err != nil || len(c.Connections) != 0 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// TestPluginsKeepTheirLines holds that what is wrong elsewhere is still found,
// and told with its line.
func TestPluginsKeepTheirLines(t *testing.T) {
	for name, tt := range map[string]struct {
		text, field string
		line        int
	}{
		"in the aws block": {"plugins:\n  gcp: {project: x}\n  aws:\n    accessKeyID: x\n", "plugins.aws.accessKeyID", 4},
		"elsewhere":        {"plugins:\n  gcp: {project: x}\nguard:\n  readonly: true\n", "guard.readonly", 4},
		"a wrong type":     {"plugins:\n  gcp: {project: x}\n  aws:\n    region: [x]\n", "plugins.aws.region", 4},
		"no mapping":       {"plugins: [gcp]\n", "plugins[0]", 1},
	} {
		_, err := Parse("hawser.yaml", []byte(tt.text))
		e := fault.From(err)
		if e == nil || e.Kind != fault.Invalid || e.Line != tt.line || !strings.HasPrefix(tt.field, e.Field) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestPluginNeedsNoRegion takes the region from elsewhere: the environment or
// the profile.
func TestPluginNeedsNoRegion(t *testing.T) {
	for _, text := range []string{
		`{"plugins": {"aws": {"profile": "p"}}}`, `{"plugins": {"aws": {}}}`,
		`{"plugins": {"aws": {"accessKeyId": "A", "secretAccessKey": "B"}}}`,
	} {
		if c, err := Parse("hawser.json", []byte(text)); err != nil || len(c.Connections) != 1 {
			t.Errorf("%s: %v", text, err)
		}
	}
}
