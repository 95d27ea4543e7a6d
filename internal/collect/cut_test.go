package collect_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
)

// TestPagesThatAreShortOrEmpty syncs the same company with pages that have fewer items
// than were asked for, and with listings that begin with an empty page and a token.
func TestPagesThatAreShortOrEmpty(t *testing.T) {
	c := newCompany(t)
	for i := range 25 {
		c.Account.AddUser(fmt.Sprintf("user-%02d", i))
		must(c.center.AddUser(fmt.Sprintf("person-%02d", i), "P", "Q", fmt.Sprintf("person-%02d@example.com", i)))
	}
	c.sync() // the role's first use is in the snapshots of all that follow
	c.open()
	c.sync()
	c.whole()
	want := c.snapshot()
	for name, pages := range map[string]awssim.Pages{"short": awssim.ShortPages, "empty": awssim.EmptyPages} {
		if err := c.Behave(awssim.Options{Pages: pages}); err != nil {
			t.Fatal(err)
		}
		c.open()
		c.sync()
		c.whole()
		if diff := cmp.Diff(want, c.snapshot()); diff != "" {
			t.Errorf("%s pages: %s", name, diff)
		}
	}
}
