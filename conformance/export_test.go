package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/export/exporttest"
	"github.com/hawser/hawser/internal/store/table"
)

var updateExport = flag.Bool("update-export", false, "write what the judges read of a .c1z file into testdata/export")

// testExport has exported files read by programs that know nothing of Hawser.
func (c *harness) testExport(t *testing.T) {
	t.Run("c1z", c.testC1Z)
	t.Run("tables", c.testTables)
}

// testC1Z wants what Python reads of a file to be what testdata/export/c1z.json
// says, which was compared with the format's description by hand.
func (c *harness) testC1Z(t *testing.T) {
	t.Parallel()
	c.call(t, "protobuf")
	path := filepath.Join(t.TempDir(), "acme.c1z")
	exportC1Z(t, path)
	got := c.readExport(t, "c1z.py", path)
	golden := filepath.Join("testdata", "export", "c1z.json")
	if *updateExport {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
	c.count("protobuf", 1)
}

// readExport gives what one of the programs of testdata/export prints.
func (c *harness) readExport(t *testing.T, program, path string) []byte {
	t.Helper()
	cmd := command(c.venv("python"), filepath.Join("testdata", "export", program), path)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	return out
}

// exportC1Z writes a file with every field of the format that Hawser knows.
func exportC1Z(t *testing.T, path string) {
	t.Helper()
	at := time.Date(2026, 11, 23, 6, 0, 0, 120_000_000, time.UTC)
	w, err := exporttest.C1Z(t.Context(), path, c1z.Sync{ID: c1z.SyncID(at, "acme"), Started: at})
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	user := c1z.ResourceType{ID: "iam_user", DisplayName: "IAM User", Description: "who logs in", Traits: []c1z.Trait{c1z.TraitUser}, Bare: true}
	group := c1z.ResourceType{ID: "group", DisplayName: "Group", Traits: []c1z.Trait{c1z.TraitGroup, c1z.TraitSecret}}
	account := c1z.Resource{Ref: c1z.Ref{Type: "account", ID: "111122223333"}, DisplayName: "prod", App: &c1z.App{HelpURL: "https://example.com", Profile: c1z.Profile{"n": 3}}}
	admins := c1z.Resource{Ref: c1z.Ref{Type: "group", ID: "g-1"}, Parent: account.Ref, Group: &c1z.Group{Profile: c1z.Profile{}}, Role: &c1z.Role{Profile: c1z.Profile{"a": "b"}}}
	ada := c1z.Resource{Ref: c1z.Ref{Type: "iam_user", ID: "u-1"}, DisplayName: "Ada ✓", Description: "an engineer", User: &c1z.User{
		Status: c1z.StatusEnabled, Details: "active", Account: c1z.AccountService, Emails: []string{"ada@example.com", "a@example.com"},
		Login: "ada", Aliases: []string{"al"}, Created: at.AddDate(-70, 0, 0), LastLogin: at, MFA: &yes, SSO: &no,
		Profile: c1z.Profile{"list": []any{nil, true, false, 0, -1.5, "", map[string]any{}, []any{}}, "object": map[string]any{"k": "v"}},
	}}
	key := c1z.Resource{Ref: c1z.Ref{Type: "access-key", ID: "AKIAIOSFODNN7EXAMPLE"}, Secret: &c1z.Secret{
		Profile: c1z.Profile{"status": "Active"}, Created: at, Expires: at.AddDate(1, 0, 0), LastUsed: at.Add(time.Nanosecond), Owner: ada.Ref,
	}}
	member := c1z.Entitlement{Resource: admins, Slug: "member", DisplayName: "Members", Description: "are in it", GrantableTo: []c1z.ResourceType{user, group}, Purpose: c1z.PurposeAssignment}
	id := c1z.EntitlementID(admins.Ref, "member")
	for _, err := range []error{
		w.ResourceType(user), w.ResourceType(group),
		w.Resource(account), w.Resource(admins), w.Resource(ada), w.Resource(key),
		w.Entitlement(member),
		w.Grant(c1z.Grant{Entitlement: member, Principal: ada, Immutable: true, Metadata: c1z.Profile{"why": "x"}, Sources: []c1z.Source{{Entitlement: id, Direct: true}, {Entitlement: "a"}}}),
		w.Grant(c1z.Grant{
			Entitlement: c1z.Entitlement{Resource: c1z.Resource{Ref: admins.Ref}, Slug: "member"}, Principal: c1z.Resource{Ref: admins.Ref},
			Expansion: &c1z.Expansion{Entitlements: []string{id, "b"}, Shallow: true, Types: []string{"iam_user"}, Pending: true},
		}),
		w.Close(at.Add(time.Minute)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// testTables wants the same rows of four formats, and those that were written.
func (c *harness) testTables(t *testing.T) {
	t.Parallel()
	c.call(t, "pyarrow")
	dir := t.TempDir()
	rows, want := exportRows()
	columns := []table.Column{{Name: "text"}, {Name: "n", Type: table.Int}, {Name: "at", Type: table.Time}, {Name: "ok", Type: table.Bool}, {Name: "json", Type: table.JSON}}
	for _, format := range table.Formats() {
		each := func(yield func(table.Row, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
		tab := table.Table{Name: "t", Columns: columns, Indexes: [][]string{{"text"}}, Rows: each}
		if err := exporttest.Tables(t.Context(), filepath.Join(dir, "t."+string(format)), format, tab); err != nil {
			t.Fatal(err)
		}
	}
	var got map[string][]map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(c.readExport(t, "tables.py", dir))))
	decoder.UseNumber()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	for _, format := range table.Formats() {
		if diff := firstDifference(want, got[string(format)], format == table.CSV); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
		c.count("pyarrow", 1)
	}
}

// firstDifference is the first row that differs. Python's csv does not tell
// nothing from the empty text.
func firstDifference(want, got []map[string]any, emptyIsNothing bool) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if emptyIsNothing && want[i]["text"] == "" {
			got[i]["text"] = ""
		}
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			return fmt.Sprintf("row %d: %s", i, diff)
		}
	}
	return ""
}

// exportRows are hard rows and many, and what a reader must make of each.
func exportRows() (rows []table.Row, want []map[string]any) {
	add := func(text, n, at, ok, raw any) {
		row := table.Row{text, n, at, ok, nil}
		read := map[string]any{"text": text, "n": nil, "at": nil, "ok": ok, "json": raw}
		if n, ok := n.(int64); ok {
			read["n"] = json.Number(fmt.Sprint(n))
		}
		if at, ok := at.(time.Time); ok {
			read["at"] = at.UTC().Format("2006-01-02T15:04:05.000000Z")
		}
		if raw, ok := raw.(string); ok {
			row[4] = json.RawMessage(raw)
		}
		rows, want = append(rows, row), append(want, read)
	}
	add("", int64(0), time.Unix(0, 0), false, `{}`)
	add(nil, nil, nil, nil, nil)
	add("=1+1", int64(math.MaxInt64), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), true, `"=1"`)
	add("'x", int64(math.MinInt64), time.Date(1678, 1, 1, 0, 0, 0, 1000, time.UTC), true, `[1,{"a":"é"}]`)
	add("a,\"b\"\r\nc\nd\re", int64(-1), time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), nil, `"\n"`)
	add(" <é\u2028✓> ", nil, nil, true, `"<&>"`)
	add(strings.Repeat("long ", 1000), int64(5), nil, nil, nil)
	for i := range 100_000 {
		var text any
		if i%9 != 0 {
			text = fmt.Sprint("user-", i*i%20)
		}
		add(text, int64(i*7919%100_003-50_000), time.Unix(int64(i)*86400, 0), i%3 == 0, fmt.Sprintf(`{"i":%d}`, i))
	}
	return rows, want
}
