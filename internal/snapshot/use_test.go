package snapshot_test

import (
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/snapshot"
)

// A change is of use if nothing but the last use is another.
func TestClassesOfChanges(t *testing.T) {
	to := snapshot.Group.ID("g")
	for name, tt := range map[string]struct {
		change snapshot.Change
		class  snapshot.ChangeClass
		own    bool
	}{
		"another use":           {change(`{"a":1,"last_used":{"at":"2026-01-01T00:00:00Z"}}`, `{"a":1,"last_used":{"at":"2026-01-02T00:00:00Z"}}`), snapshot.Use, false},
		"the first use":         {change(``, `{"last_used":{"at":"2026-01-02T00:00:00Z","own":true}}`), snapshot.Use, true},
		"a sign-in":             {change(`{"mfa":true}`, `{"mfa":true,"password_last_used":"2026-01-02T00:00:00Z"}`), snapshot.Use, false},
		"use and tags":          {change(`{"tags":{"a":"1"}}`, `{"tags":{"a":"2"},"last_used":{"at":"2026-01-02T00:00:00Z","own":true}}`), snapshot.Config, false},
		"a name":                {change(`{"a":1}`, `{"a":1}`), snapshot.Config, false},
		"what is not an object": {change(`1`, `2`), snapshot.Config, false},
		"a relation":            {snapshot.Change{Type: snapshot.Changed, To: &to, Before: json.RawMessage(`{}`), After: json.RawMessage(`{"last_used":{}}`)}, snapshot.Config, false},
		"something that came":   {snapshot.Change{Type: snapshot.Appeared, After: json.RawMessage(`{"last_used":{"own":true}}`)}, snapshot.Config, false},
		"something that went":   {snapshot.Change{Type: snapshot.Went, Before: json.RawMessage(`{"last_used":{"own":true}}`)}, snapshot.Config, false},
		"use that went absent":  {change(`{"last_used":{"own":true}}`, `{}`), snapshot.Use, false},
	} {
		if class, own := tt.change.Class(), tt.change.OfOwnUse(); class != tt.class || own != tt.own {
			t.Errorf("%s: %s, own %t", name, class, own)
		}
	}
}

func change(before, after string) snapshot.Change {
	return snapshot.Change{Type: snapshot.Changed, Before: json.RawMessage(before), After: json.RawMessage(after)}
}
