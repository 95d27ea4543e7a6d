package fault

import "testing"

func TestEveryKindHasAdvice(t *testing.T) {
	seen := make(map[string]Kind)
	for _, k := range Kinds() {
		if f := Complete(New(k, "x")); f.Fix == "" {
			t.Errorf("%s has no fix", k)
		} else if k != Internal && f.Fix == Internal.usualFix() {
			t.Errorf("%s has the fix of a fault of Hawser's", k)
		} else {
			seen[f.Fix] = k
		}
	}
	if own := New(NotFound, "x").WithFix("look there"); Complete(own) != own || Complete(nil) != nil {
		t.Error("a fault that has a fix keeps it")
	}
}
