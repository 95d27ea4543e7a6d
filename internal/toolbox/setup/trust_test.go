package setup_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestARoleWithTheTrustThatIsWritten creates roles with what setup.trust writes, and
// assumes them as it says.
func TestARoleWithTheTrustThatIsWritten(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	other := sim.AddAccount("444455556666", "other")
	for _, test := range []struct {
		name    string
		input   map[string]any
		account string
		admin   aws.Config
	}{
		{"same account", map[string]any{"kind": "same-account"}, simtest.Account, sim.Config()},
		{"cross account", map[string]any{"kind": "cross-account", "account": other.ID}, other.ID, sim.ConfigFor(simtest.Admin(t, other, "admin").NewKey())},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw, err := json.Marshal(r.Call(t, "setup.trust", test.input))
			if err != nil {
				t.Fatal(err)
			}
			var out struct {
				Role     string          `json:"role_arn"`
				Document json.RawMessage `json:"document"`
				External string          `json:"external_id"`
			}
			if err := json.Unmarshal(raw, &out); err != nil {
				t.Fatal(err)
			}
			if want := "arn:aws:iam::" + test.account + ":role/hawser"; out.Role != want {
				t.Errorf("role %s, want %s", out.Role, want)
			}
			_, err = iam.NewFromConfig(test.admin).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("hawser"), AssumeRolePolicyDocument: aws.String(string(out.Document))})
			if err != nil {
				t.Fatal(err)
			}
			assume := func(cfg aws.Config, external *string) error {
				_, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &out.Role, RoleSessionName: aws.String("me"), ExternalId: external})
				return err
			}
			var external *string
			if out.External != "" {
				external = &out.External
			}
			if err := assume(sim.Config(), external); err != nil {
				t.Error(err)
			}
			stranger := sim.ConfigFor(simtest.Admin(t, sim.Account, "stranger-"+test.account).NewKey())
			simtest.WantCode(t, assume(stranger, external), "AccessDenied", "sts:AssumeRole")
			if external != nil {
				simtest.WantCode(t, assume(sim.Config(), nil), "AccessDenied", "sts:AssumeRole")
				simtest.WantCode(t, assume(sim.Config(), aws.String("another")), "AccessDenied", "sts:AssumeRole")
			}
		})
	}
	first, second := r.Call(t, "setup.trust", map[string]any{"kind": "cross-account", "account": other.ID}), r.Call(t, "setup.trust", map[string]any{"kind": "cross-account", "account": other.ID})
	if first["external_id"] == second["external_id"] || len(first["external_id"].(string)) != 32 {
		t.Errorf("external IDs %v and %v", first["external_id"], second["external_id"])
	}
}
