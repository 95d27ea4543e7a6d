package sync_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// importing is a rig without a connection that works, and files in its directory.
type importing struct {
	*toolboxtest.Rig
	t *testing.T
}

func newImporting(t *testing.T) importing {
	return importing{toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1")), t}
}

// write writes a file that was last changed at a time.
func (i importing) write(name, text string, changed time.Time) {
	i.t.Helper()
	path := filepath.Join(i.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		i.t.Fatal(err)
	}
}

// details imports authorization details, and returns the statuses of the cells.
func (i importing) details(in string) (map[string]string, error) {
	i.t.Helper()
	result, err := i.Try(i.t.Context(), "snapshot.import", in)
	statuses := map[string]string{}
	if result == nil {
		return statuses, err
	}
	var report struct {
		Gaps []struct{ Facet, Status, Reason, Fix string }
	}
	if err := json.Unmarshal(result.JSON, &report); err != nil {
		i.t.Fatal(err)
	}
	for _, g := range report.Gaps {
		statuses[g.Facet] = g.Status
	}
	return statuses, err
}

// names are the names of the entities of a kind that the store has.
func (i importing) names(kind string) string {
	i.t.Helper()
	result, err := i.Try(i.t.Context(), "identity.list", `{"kind": ["`+kind+`"]}`)
	if err != nil {
		i.t.Fatal(err)
	}
	var list struct{ Items []struct{ Name string } }
	if err := json.Unmarshal(result.JSON, &list); err != nil {
		i.t.Fatal(err)
	}
	var names []string
	for _, item := range list.Items {
		names = append(names, item.Name)
	}
	return strings.Join(names, " ")
}

// printedUsers is what the aws CLI prints of some users, a group of theirs, and more.
func printedUsers(names ...string) string {
	var list []string
	for _, name := range names {
		list = append(list, fmt.Sprintf(`{"Path": "/", "UserName": %q, "Arn": "arn:aws:iam::111122223333:user/%s", "CreateDate": "2024-05-01T10:00:00+00:00", "GroupList": ["ops"]}`, name, name))
	}
	return `{"UserDetailList": [` + strings.Join(list, ", ") + `],
		"GroupDetailList": [{"GroupName": "ops", "Arn": "arn:aws:iam::111122223333:group/ops"}],
		"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
		"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": []}}]}]}`
}

const gaad = `{"authorization_details": "gaad.json", "account": "111122223333"}`

var march = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A page, a filter or an old file closes nothing that it does not show to be gone.
func TestAnImportClosesOnlyWhatIsGone(t *testing.T) {
	i := newImporting(t)
	i.write("gaad.json", printedUsers("a", "b", "c", "d", "e"), march)
	if gaps, err := i.details(gaad); err != nil || len(gaps) != 0 {
		t.Fatalf("%v, %v", gaps, err)
	}
	stands := func(want string) {
		t.Helper()
		if got := i.names("iam.user"); got != want {
			t.Errorf("users %q, want %q", got, want)
		}
	}
	for name, text := range map[string]string{
		"truncated":  strings.TrimSuffix(printedUsers("a"), "}") + `, "IsTruncated": true, "Marker": "AAEC"}`,
		"next token": strings.TrimSuffix(printedUsers("a"), "}") + `, "NextToken": "eyJNYXJrZXIi"}`,
		"cut off":    printedUsers("a")[:300],
		"two":        printedUsers("a") + printedUsers("b"),
	} {
		i.write("gaad.json", text, march.Add(time.Hour))
		if _, err := i.details(gaad); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stands("a b c d e")

	i.write("gaad.json", printedUsers("a", "b"), march.Add(time.Hour))
	gaps, err := i.details(gaad)
	if want := map[string]string{"iam.users": "held", "iam.user-details": "held", "iam.memberships": "held"}; !errors.Is(err, fault.Partial) || cmp.Diff(want, gaps) != "" {
		t.Errorf("a large loss: %v, %v", gaps, err)
	}
	stands("a b c d e")

	// Of another time than the one before.
	i.write("gaad.json", printedUsers("a", "b", "c", "d"), march.Add(-time.Hour))
	if gaps, err := i.details(gaad); err != nil || len(gaps) != 0 {
		t.Errorf("an old file: %v, %v", gaps, err)
	}
	stands("a b c d e")
	if _, err := i.details(`{"authorization_details": "gaad.json", "account": "111122223333", "taken": "2026-03-01T14:00:00Z"}`); err != nil {
		t.Error(err)
	}
	stands("a b c d")

	// --filter LocalManagedPolicy leaves the other lists empty.
	i.write("gaad.json", `{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [{"PolicyName": "q", "Arn": "arn:aws:iam::111122223333:policy/q", "DefaultVersionId": "v1"}]}`, march.Add(3*time.Hour))
	gaps, err = i.details(gaad)
	want := map[string]string{
		"iam.users": "held", "iam.user-details": "held", "iam.groups": "held", "iam.memberships": "held", "iam.roles": "held", "iam.role-details": "held", "iam.attachments": "held",
	}
	if !errors.Is(err, fault.Partial) || cmp.Diff(want, gaps) != "" {
		t.Errorf("a filter: %v, %v", gaps, err)
	}
	stands("a b c d")
	if got := i.names("iam.group") + i.names("iam.role") + i.names("iam.policy"); got != "opsrq" {
		t.Errorf("the rest %q", got)
	}

	i.write("gaad.json", printedUsers("a"), march.Add(4*time.Hour))
	if _, err := i.details(`{"authorization_details": "gaad.json", "account": "111122223333", "accept_loss": true}`); err != nil {
		t.Error(err)
	}
	stands("a")
}

// Memberships of groups that the file does not have are left out, and a boundary that
// is not in it removes no policy.
func TestAnImportInventsNothing(t *testing.T) {
	i := newImporting(t)
	text := strings.Replace(printedUsers("a"), `"GroupDetailList": [{"GroupName": "ops", "Arn": "arn:aws:iam::111122223333:group/ops"}]`, `"GroupDetailList": []`, 1)
	text = strings.Replace(text, `"UserName": "a"`, `"UserName": "a", "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/bound"}`, 1)
	i.write("gaad.json", text, march)
	gaps, err := i.details(gaad)
	want := map[string]string{"iam.groups": "held", "iam.memberships": "held", "iam.attachments": "held", "iam.policies": "held", "iam.policy-documents": "held"}
	if !errors.Is(err, fault.Partial) || cmp.Diff(want, gaps) != "" {
		t.Errorf("%v, %v", gaps, err)
	}
	result, err := i.Try(t.Context(), "grants.list", `{}`)
	if err != nil || strings.Contains(string(result.JSON), "member-of") {
		t.Errorf("%s, %v", result.JSON, err)
	}
}

// Files of PowerShell and of old versions of the aws CLI are read.
func TestEncodingsAndTimes(t *testing.T) {
	text := printedUsers("a")
	units := utf16.Encode([]rune("\ufeff" + text))
	var little, big []byte
	for _, u := range units {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, text := range map[string]string{"plain": text, "BOM": "\ufeff" + text, "UTF-16LE": string(little), "UTF-16BE": string(big)} {
		i := newImporting(t)
		i.write("gaad.json", text, march)
		if _, err := i.details(gaad); err != nil || i.names("iam.user") != "a" {
			t.Errorf("%s: %v", name, err)
		}
	}
	i := newImporting(t)
	i.write("org.json", `{"Accounts": [{"Id": "111122223333", "Arn": "arn:aws:organizations::111122223333:account/o-1/111122223333", "Name": "acme", "Status": "ACTIVE", "JoinedTimestamp": 1700000000.5}]}`, march)
	if _, err := i.Try(t.Context(), "snapshot.import", `{"organization": "org.json"}`); err != nil {
		t.Fatal(err)
	}
	result, err := i.Try(t.Context(), "identity.get", `{"kind": "org.account", "key": "111122223333"}`)
	if err != nil || !strings.Contains(string(result.JSON), "2023-11-14T22:13:20Z") {
		t.Errorf("%s, %v", result.JSON, err)
	}
}

// Numbers in policies keep every digit.
func TestNumbersOfPoliciesAreExact(t *testing.T) {
	i := newImporting(t)
	i.write("gaad.json", strings.Replace(printedUsers("a"), `"Document": {"Version": "2012-10-17", "Statement": []}`,
		`"Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"aws:MultiFactorAuthAge": 9007199254740993}}}]}`, 1), march)
	if _, err := i.details(gaad); err != nil {
		t.Fatal(err)
	}
	result, err := i.Try(t.Context(), "identity.get", `{"kind": "iam.policy", "key": "arn:aws:iam::111122223333:policy/p"}`)
	if err != nil || !strings.Contains(string(result.JSON), "9007199254740993") {
		t.Errorf("%s, %v", result.JSON, err)
	}
}

// A snapshot that is cut off changes nothing, and an old one does not become current.
func TestSnapshotsThatAreNotWholeOrOld(t *testing.T) {
	from := toolboxtest.Synced(t)
	if _, err := from.Try(t.Context(), "snapshot.export", `{"file": "new.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Try(t.Context(), "snapshot.export", `{"file": "old.jsonl", "run": 1}`); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(from.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	i := newImporting(t)
	lines := strings.SplitAfter(read("new.jsonl"), "\n")
	for cut := range len(lines) - 1 {
		i.write("cut.jsonl", strings.Join(lines[:cut], ""), march)
		if _, err := i.Try(t.Context(), "snapshot.import", `{"file": "cut.jsonl"}`); !errors.Is(err, fault.Invalid) {
			t.Errorf("after %d lines: %v", cut, err)
		}
	}
	if got := i.names("iam.user"); got != "" {
		t.Errorf("a cut file brought %q", got)
	}
	for _, name := range []string{"new.jsonl", "old.jsonl"} {
		i.write(name, read(name), march)
		if _, err := i.Try(t.Context(), "snapshot.import", `{"file": "`+name+`"}`); err != nil && !errors.Is(err, fault.Partial) {
			t.Fatal(err)
		}
		if got := i.names("iam.user"); got != "ada cyd" {
			t.Errorf("after %s: users %q", name, got)
		}
	}
}

// A snapshot of a connection that no sync read to its end is not whole, wherever it is
// imported; and an import does not hide that a sync was interrupted, nor a gap.
func TestSnapshotsOfInterruptedSyncs(t *testing.T) {
	status := func(i importing) string {
		t.Helper()
		result, err := i.Try(t.Context(), "sync.status", `{}`)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Items []struct{ Connection, Status string }
		}
		if err := json.Unmarshal(result.JSON, &list); err != nil {
			t.Fatal(err)
		}
		return list.Items[0].Status
	}
	i := newImporting(t)
	run, err := i.Store().Begin(t.Context(), "default", march)
	if err != nil {
		t.Fatal(err)
	}
	users := &snapshot.Batch{}
	users.Add(snapshot.User.ID("arn:aws:iam::111122223333:user/a"), "111122223333", "a", nil)
	users.Sort()
	cell := snapshot.Outcome{Cell: snapshot.Cell{Account: "111122223333", Facet: "iam.users"}, Status: snapshot.OK}
	if _, _, err := i.Store().Commit(t.Context(), run, cell, users, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := i.Store().End(t.Context(), run, snapshot.Interrupted, "", march); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Try(t.Context(), "snapshot.export", `{"file": "part.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(i.Dir, "part.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	there := newImporting(t)
	there.write("part.jsonl", string(text), march)
	if _, err := there.Try(t.Context(), "snapshot.import", `{"file": "part.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if got := status(there); got != "degraded" {
		t.Errorf("where it was imported the status is %s", got)
	}
	there.isNotWhole()
	if _, err := there.Try(t.Context(), "snapshot.export", `{"file": "again.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(filepath.Join(there.Dir, "again.jsonl")); err != nil || incompleteOf(t, again) == "" || incompleteOf(t, again) != incompleteOf(t, text) {
		t.Errorf("%v, %.300s", err, again)
	}
	if _, err := i.Try(t.Context(), "snapshot.import", `{"file": "part.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if got := status(i); got != "interrupted" {
		t.Errorf("after an import the status is %s", got)
	}

	// The store's gap stays, though the file has the cell of an earlier time.
	next, err := i.Store().Begin(t.Context(), "default", march.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []snapshot.Status{snapshot.OK, snapshot.Denied} {
		cell.Status = status
		if _, _, err := i.Store().Commit(t.Context(), next, cell, users, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
		if err := i.Store().End(t.Context(), next, snapshot.Partial, "", march.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if next, err = i.Store().Begin(t.Context(), "default", march.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := i.Try(t.Context(), "snapshot.import", `{"file": "part.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if gaps, err := i.Store().Gaps(t.Context(), "default"); err != nil || len(gaps) != 1 {
		t.Errorf("gaps %v, %v", gaps, err)
	}

	// The snapshot as of the run that was interrupted is not whole, whatever came later.
	for input, want := range map[string]string{`, "run": 1`: "no sync of default had come to its end by run 1", ``: ""} {
		name := fmt.Sprintf("of%d.jsonl", len(input))
		if _, err := i.Try(t.Context(), "snapshot.export", `{"file": "`+name+`"`+input+`}`); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(filepath.Join(i.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := incompleteOf(t, file); got != want {
			t.Errorf("export %s: %q, want %q", input, got, want)
		}
	}
}

// incompleteOf returns why the file of a snapshot is not all of the snapshot.
func incompleteOf(t *testing.T, file []byte) string {
	t.Helper()
	d, err := snapshot.NewDecoder(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return d.Incomplete
}

// isNotWhole expects that answers and --max-age tell of an import that was not whole.
func (i importing) isNotWhole() {
	i.t.Helper()
	for tool, input := range map[string]string{"identity.list": `{}`, "sync.gaps": `{}`, "sync.status": `{}`, "snapshot.export": `{"file": "x.csv", "format": "csv"}`} {
		result, err := i.Try(i.t.Context(), tool, input)
		if err != nil {
			i.t.Fatal(err)
		}
		if text := string(result.JSON) + strings.Join(result.Notes, "\n"); !strings.Contains(text, "was not of a whole snapshot (the last sync of default") {
			i.t.Errorf("%s: %s", tool, text)
		}
	}
	_, err := i.Try(i.t.Context(), "identity.list", `{"max_age": "3000d"}`)
	if f := fault.From(err); !errors.Is(err, fault.Conflict) || !strings.Contains(f.Cause, "was not of a whole snapshot") {
		i.t.Errorf("%+v", f)
	}
}

// Of two reads of one credential report the later counts, and imported data is as old as
// it is.
func TestImportsOfOneReport(t *testing.T) {
	i := newImporting(t)
	sync := func(begun time.Time, keys ...string) {
		t.Helper()
		run, err := i.Store().Begin(t.Context(), "default", begun)
		if err != nil {
			t.Fatal(err)
		}
		b := &snapshot.Batch{}
		for _, key := range keys {
			b.Add(snapshot.AccessKey.ID(key), "111122223333", key, nil)
		}
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: "111122223333", Facet: snapshot.IAMAccessKeys}, Status: snapshot.OK, AsOf: march}
		if _, _, err := i.Store().Commit(t.Context(), run, o, b, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
		if err := i.Store().End(t.Context(), run, snapshot.Complete, "", begun); err != nil {
			t.Fatal(err)
		}
	}
	sync(march.Add(time.Minute), "AKIA1")
	if _, err := i.Try(t.Context(), "snapshot.export", `{"file": "first.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	sync(march.Add(time.Hour), "AKIA1", "AKIA2") // the new key's user was asked
	if _, err := i.Try(t.Context(), "snapshot.import", `{"file": "first.jsonl"}`); err != nil {
		t.Fatal(err)
	}
	if got := i.names("iam.access-key"); got != "AKIA1 AKIA2" {
		t.Errorf("keys %q", got)
	}

	there := newImporting(t)
	there.write("gaad.json", printedUsers("a"), time.Now().Add(-3*time.Hour))
	if _, err := there.details(gaad); err != nil {
		t.Fatal(err)
	}
	if _, err := there.Try(t.Context(), "identity.list", `{"max_age": "2h"}`); !errors.Is(err, fault.Conflict) {
		t.Errorf("max_age 2h: %v", err)
	}
	result, err := there.Try(t.Context(), "identity.list", `{"max_age": "4h"}`)
	if err != nil || !strings.Contains(fmt.Sprint(result.Notes), "the snapshot of file was imported; the oldest of its data is 3 hours old") {
		t.Errorf("max_age 4h: %+v, %v", result, err)
	}
}

// Of two files of one credential report the one that was read earlier changes nothing,
// whichever is imported first, and whether a file tells when each cell was read or not.
func TestAnOlderFileOfOneReport(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	from := importing{r, t}
	sync := func(file string) {
		t.Helper()
		if _, err := r.Try(t.Context(), "sync.run", `{}`); err != nil && !errors.Is(err, fault.Partial) {
			t.Fatal(err)
		}
		if _, err := r.Try(t.Context(), "snapshot.export", `{"file": "`+file+`"}`); err != nil {
			t.Fatal(err)
		}
	}
	sync("f1.jsonl")
	emma := sim.World.Account(simtest.Account).AddUser("emma")
	emma.SetLogin(time.Now(), time.Time{})
	key := emma.NewKey().AccessKeyID
	sync("f2.jsonl")
	version2 := regexp.MustCompile(`,"read":"[^"]*"`)
	for _, old := range []bool{false, true} {
		there := newImporting(t)
		bring := func(to importing, file string, text []byte) string {
			t.Helper()
			to.Write(t, file, text)
			result, err := to.Try(t.Context(), "snapshot.import", `{"file": "`+file+`"}`)
			if err != nil && !errors.Is(err, fault.Partial) {
				t.Fatal(err)
			}
			return fmt.Sprint(result.Notes)
		}
		text := func(file string) []byte {
			text := from.Read(t, file)
			if old {
				text = bytes.Replace(version2.ReplaceAll(text, nil), []byte(`"version":3`), []byte(`"version":2`), 1)
			}
			return text
		}
		has := func(when string) {
			t.Helper()
			if got := there.names("iam.access-key"); !strings.Contains(got, key) {
				t.Errorf("version 2 %t, %s: keys %q", old, when, got)
			}
			if emma := there.Call(t, "identity.get", `{"kind": "iam.user", "key": "arn:aws:iam::`+simtest.Account+`:user/emma"}`); !strings.Contains(fmt.Sprint(emma), "password") {
				t.Errorf("version 2 %t, %s: %v", old, when, emma)
			}
		}
		bring(there, "f2.jsonl", text("f2.jsonl"))
		has("f2")
		if notes := bring(there, "f1.jsonl", text("f1.jsonl")); !strings.Contains(notes, "left out, because the snapshot has them of a later time") {
			t.Errorf("version 2 %t: %s", old, notes)
		}
		has("f1 after f2")

		// Another store that has the older file hands it on: that makes it no younger.
		between := newImporting(t)
		bring(between, "f1.jsonl", text("f1.jsonl"))
		if _, err := between.Try(t.Context(), "snapshot.export", `{"file": "again.jsonl"}`); err != nil {
			t.Fatal(err)
		}
		bring(there, "again.jsonl", between.Read(t, "again.jsonl"))
		has("a copy of f1 after f2")
		if notes := bring(there, "f2.jsonl", text("f2.jsonl")); strings.Contains(notes, "left out") {
			t.Errorf("f2 once more: %s", notes)
		}
		bring(between, "f2.jsonl", text("f2.jsonl"))
		there = between
		has("f2 after f1")
	}
}

// A file of the time that the snapshot is of changes nothing if it has something else.
func TestAnotherFileOfTheSameTime(t *testing.T) {
	i := newImporting(t)
	for _, names := range [][]string{{"a", "b"}, {"a", "b", "c"}, {"a"}, {"a", "b"}} {
		i.write("gaad.json", printedUsers(names...), march)
		result, err := i.Try(t.Context(), "snapshot.import", gaad)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Contains(fmt.Sprint(result.Notes), "the snapshot has something else of the same time")
		if got := i.names("iam.user"); got != "a b" || said == (len(names) == 2) {
			t.Errorf("%v: users %q, notes %v", names, got, result.Notes)
		}
	}
}
