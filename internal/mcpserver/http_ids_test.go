package mcpserver

import (
	"encoding/json"
	"testing"
)

func TestTwiceIn(t *testing.T) {
	call := func(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }
	for body, want := range map[string]bool{
		"[" + call("1") + "," + call("1") + "]":                           true,
		"[" + call("1") + "," + call("1.0") + "]":                         true,
		" [" + call(`"a"`) + "," + call(`"a"`) + "]":                      true,
		"[" + call("1") + "," + call(`"1"`) + "]":                         false,
		"[" + call("1") + "," + call("2") + "]":                           false,
		`[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"a"}]`: false,
		"[" + call("1") + `,{"jsonrpc":"2.0","id":1,"result":{}}]`:        false,
		call("1"): false, "": false, "[": false, "null": false, "[null,[],{}]": false,
	} {
		if _, got := twiceIn([]byte(body)); got != want {
			t.Errorf("%s: %t", body, got)
		}
	}
}

func FuzzTwiceIn(f *testing.F) {
	f.Add([]byte(`[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":1,"method":"ping"}]`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if id, twice := twiceIn(body); twice && (!id.IsValid() || !json.Valid(body)) {
			t.Errorf("%q has %v twice", body, id.Raw())
		}
	})
}
