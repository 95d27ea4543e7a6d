// Package storetest opens stores for tests.
package storetest

import (
	"testing"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/store"
)

// Open opens the store at a location, and closes its database when the test ends.
func Open(t testing.TB, location string) *store.Store {
	t.Helper()
	d, err := db.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	s, err := store.New(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
