package sync_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/table"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A snapshot that was exported, imported elsewhere and exported again is the
// same, gaps included.
func TestSnapshotsTravel(t *testing.T) {
	here, there := toolboxtest.Synced(t), toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	export := func(r *toolboxtest.Rig, name string) string {
		t.Helper()
		if _, err := r.Try(t.Context(), "snapshot.export", `{"file": "`+name+`"}`); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(r.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		_, cells, _ := strings.Cut(string(text), "\n") // the header names the run
		return cells
	}
	first := export(here, "a.jsonl")
	if err := os.Rename(filepath.Join(here.Dir, "a.jsonl"), filepath.Join(there.Dir, "a.jsonl")); err != nil {
		t.Fatal(err)
	}
	if _, err := there.Try(t.Context(), "snapshot.import", `{"file": "a.jsonl"}`); !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, export(there, "b.jsonl")); diff != "" {
		t.Error(diff)
	}
	if _, err := there.Try(t.Context(), "who.show", `{"name": "ada@example.com"}`); err != nil {
		t.Error(err)
	}
}

func TestExportFormats(t *testing.T) {
	r := toolboxtest.Synced(t)
	for format, begin := range map[string]string{
		"c1z": "C1ZF\x00", "sqlite": "SQLite format 3", "parquet": "PAR1", "csv": "principal_kind,", "jsonl": `{"principal_kind":"aws.service"`,
	} {
		t.Run(format, func(t *testing.T) {
			if _, err := r.Try(t.Context(), "snapshot.export", `{"file": "x.`+format+`", "format": "`+format+`"}`); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(r.Dir, "x."+format))
			if err != nil || !strings.HasPrefix(string(text), begin) {
				t.Errorf("%v, it begins with %.40q", err, text)
			}
		})
	}
}

const authorizationDetails = `{
  "UserDetailList": [{"Path": "/", "UserName": "ada", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/ada",
    "CreateDate": "2024-01-02T03:04:05+00:00", "GroupList": ["ops"], "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": "x"}],
    "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}],
  "GroupDetailList": [{"Path": "/staff/", "GroupName": "ops", "GroupId": "AGPA1", "Arn": "arn:aws:iam::111122223333:group/staff/ops",
    "CreateDate": "2024-01-02T03:04:05+00:00", "GroupPolicyList": [], "AttachedManagedPolicies": []}],
  "RoleDetailList": [{"Path": "/", "RoleName": "CI", "RoleId": "AROA1", "Arn": "arn:aws:iam::111122223333:role/CI",
    "CreateDate": "2024-01-02T03:04:05+00:00", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": []}],
  "Policies": []
}`

func TestAuthorizationDetailsAreImported(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	organization := `{"Accounts": [{"Id": "111122223333", "Name": "acme", "State": "ACTIVE"}],
		"Policies": [{"PolicySummary": {"Arn": "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1", "Name": "NoRoot", "Type": "SERVICE_CONTROL_POLICY"},
		"Content": "{}", "Targets": [{"TargetId": "111122223333", "Type": "ACCOUNT"}]}]}`
	for name, text := range map[string]string{"gaad.json": authorizationDetails, "org.json": organization, "bad.json": `{"Accounts": 7}`} {
		if err := os.WriteFile(filepath.Join(r.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Try(t.Context(), "snapshot.import", `{"authorization_details": "gaad.json", "account": "444455556666"}`); !errors.Is(err, fault.Invalid) {
		t.Errorf("of another account: %v", err)
	}
	if _, err := r.Try(t.Context(), "snapshot.import", `{"authorization_details": "gaad.json", "account": "111122223333", "organization": "bad.json"}`); !errors.Is(err, fault.Invalid) {
		t.Errorf("a bad organization: %v", err)
	}
	if _, err := r.Try(t.Context(), "snapshot.import", `{"authorization_details": "gaad.json", "account": "111122223333", "organization": "org.json"}`); !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	result, err := r.Try(t.Context(), "grants.list", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []snapshot.Grant }
	if err := json.Unmarshal(result.JSON, &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, g := range list.Items {
		got[g.Principal.Key+" "+string(g.Relation)+" "+g.Entitlement.Key] = true
	}
	for _, want := range []string{
		"arn:aws:iam::111122223333:user/ada member-of arn:aws:iam::111122223333:group/staff/ops",
		"arn:aws:iam::111122223333:user/ada attached arn:aws:iam::111122223333:user/ada#p",
		"ec2.amazonaws.com may-assume arn:aws:iam::111122223333:role/CI",
	} {
		if !got[want] {
			t.Errorf("no %s in %v", want, got)
		}
	}
}

// exportFormats are the formats there are.
func exportFormats() []string {
	all := []string{"snapshot", "c1z"}
	for _, format := range table.Formats() {
		all = append(all, string(format))
	}
	return all
}

func TestExportOffersEveryFormat(t *testing.T) {
	r := toolboxtest.Synced(t)
	for _, each := range r.Registry.Tools() {
		if each.Name != "snapshot.export" {
			continue
		}
		var offered []string
		for _, format := range each.Input.Properties["format"].Enum {
			offered = append(offered, format.(string))
		}
		if diff := cmp.Diff(exportFormats(), offered); diff != "" {
			t.Error(diff)
		}
		return
	}
	t.Error("there is no snapshot.export")
}

// A failed export leaves no file, whatever the format.
func TestFailedExportLeavesNothing(t *testing.T) {
	r := toolboxtest.Synced(t)
	err := r.Store().DB().Within(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), "ALTER TABLE body RENAME TO hidden")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := names(t, r.Dir)
	for _, format := range exportFormats() {
		_, err := r.Try(t.Context(), "snapshot.export", map[string]any{"file": "x." + format, "format": format})
		if !errors.Is(err, fault.Internal) {
			t.Errorf("%s: %v", format, err)
		}
		if diff := cmp.Diff(before, names(t, r.Dir)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

// names are the names in a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
