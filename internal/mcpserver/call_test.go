package mcpserver

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// FuzzSplitOwn takes the door's own arguments out of any: what is left holds
// none, and is the rest.
func FuzzSplitOwn(f *testing.F) {
	for _, seed := range []string{``, `{}`, `{"` + codeField + `": "abc", "bucket": "b"}`, `{"` + codeField + `": 7}`, `{"` + revealField + `": ["A"]}`, `[]`, `{"a"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, arguments []byte) {
		rest, own, err := splitOwn(arguments)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", arguments, err)
			}
			return
		}
		var before, after map[string]json.RawMessage
		if len(arguments) > 0 && json.Unmarshal(arguments, &before) != nil || json.Unmarshal(rest, &after) != nil {
			t.Fatalf("%q leaves %q", arguments, rest)
		}
		for _, name := range []string{codeField, revealField} {
			if _, has := after[name]; has {
				t.Errorf("%q leaves %q", arguments, rest)
			}
			delete(before, name)
		}
		if len(before) != len(after) {
			t.Errorf("%q leaves %q and %+v", arguments, rest, own)
		}
	})
}
