package mcpserver

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// FuzzSplitCode takes the confirmation's code out of any arguments: what is
// left holds none, and is the rest.
func FuzzSplitCode(f *testing.F) {
	for _, seed := range []string{``, `{}`, `{"` + codeField + `": "abc", "bucket": "b"}`, `{"` + codeField + `": 7}`, `[]`, `{"a"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, arguments []byte) {
		rest, code, err := splitCode(arguments)
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
		_, had := before[codeField]
		if _, has := after[codeField]; has || code != "" && !had || len(before) != len(after) && !had {
			t.Errorf("%q leaves %q and the code %q", arguments, rest, code)
		}
	})
}
