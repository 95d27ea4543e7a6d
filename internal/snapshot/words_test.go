package snapshot_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/snapshot"
)

// docs/snapshot.md lists each kind and each relation, and no others; each kind
// says what its keys are and which facets tell of it.
func TestKindsAndRelationsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/snapshot.md")
	if err != nil {
		t.Fatal(err)
	}
	section := func(title string) string {
		_, rest, _ := strings.Cut(string(page), "## "+title+"\n")
		text, _, _ := strings.Cut(rest, "\n## ")
		return text
	}
	var kinds, relations []string
	for _, info := range snapshot.KindTable() {
		kinds = append(kinds, string(info.Kind))
		if info.Key == "" || len(info.Facets) == 0 {
			t.Errorf("%+v", info)
		}
	}
	for _, info := range snapshot.Relations() {
		relations = append(relations, string(info.Relation))
		if info.From == "" || info.To == "" || info.Relation.Granting() != info.Granting {
			t.Errorf("%+v", info)
		}
	}
	for title, want := range map[string][]string{"Entities and their parts": kinds, "Relations": relations} {
		var got []string
		for line := range strings.Lines(section(title)) {
			cells := strings.Split(line, "|")
			if len(cells) < 3 {
				continue
			}
			for _, name := range regexp.MustCompile("`([a-z.-]+)`").FindAllStringSubmatch(cells[1], -1) {
				got = append(got, name[1])
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the page has %v, the table %v", title, got, want)
		}
	}
}

// The parts of a composite key are what it was made of.
func TestCompositeKeys(t *testing.T) {
	const set, user = "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "arn:aws:iam::111122223333:user/a"
	if s, a, ok := snapshot.AccountRoleID(set, "111122223333").OnAccount(); !ok || s != set || a != "111122223333" {
		t.Errorf("%s, %s, %t", s, a, ok)
	}
	for _, id := range []snapshot.ID{snapshot.SSOUserID("d-1", "u/1"), snapshot.SSOGroupID("d-1", "u/1")} {
		if store, inStore, ok := id.InIdentityStore(); !ok || store != "d-1" || inStore != "u/1" {
			t.Errorf("%s: %s, %s, %t", id, store, inStore, ok)
		}
	}
	if owner, name, ok := snapshot.InlinePolicyID("arn:aws:iam::111122223333:user/team#1/a", "p").Inline(); !ok || owner != "arn:aws:iam::111122223333:user/team#1/a" || name != "p" {
		t.Errorf("%s, %s, %t", owner, name, ok)
	}
	if u, slot, ok := snapshot.AccessKeySlot(user, 2).Slot(); !ok || u != user || slot != 2 {
		t.Errorf("%s, %d, %t", u, slot, ok)
	}
	for _, other := range []snapshot.ID{snapshot.AccessKey.ID("AKIA1"), snapshot.InlinePolicyID(user, "2"), snapshot.FederatedID(user, "a=b")} {
		_, _, slot := other.Slot()
		_, _, store := other.InIdentityStore()
		_, _, account := other.OnAccount()
		if slot || store || account {
			t.Errorf("%s: %t, %t, %t", other, slot, store, account)
		}
	}
}
