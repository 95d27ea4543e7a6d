package store

import (
	"testing"

	"github.com/hawser/hawser/internal/snapshot"
)

// Each relation has a code of its own in the store.
func TestEachRelationHasACode(t *testing.T) {
	for _, info := range snapshot.Relations() {
		if code := codeOf(info.Relation); relationOf(code) != info.Relation {
			t.Errorf("%s has the code %d, which is of %q", info.Relation, code, relationOf(code))
		}
	}
	if n := len(relations) - 1; n != len(snapshot.Relations()) {
		t.Errorf("%d codes for %d relations", n, len(snapshot.Relations()))
	}
}
