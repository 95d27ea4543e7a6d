package awssim

import (
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	w, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	role, err := w.AddAccount("111122223333", "a").AddRole("r", `{"Version":"2012-10-17","Statement":[]}`)
	if err != nil {
		t.Fatal(err)
	}
	lasting := w.AddAccount("111122223333", "a").RootKey()
	for range 5000 {
		role.NewSession("s", time.Hour)
	}
	w.Clock.Advance(3 * time.Hour)
	for range 5000 {
		role.NewSession("s", time.Hour)
	}
	if n := len(w.keys); n > 9000 {
		t.Errorf("%d keys are kept", n)
	}
	if w.credential(lasting.AccessKeyID) == nil {
		t.Error("a long-lived key is gone")
	}
}
