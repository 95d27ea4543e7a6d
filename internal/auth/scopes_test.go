package auth

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func FuzzScopes(f *testing.F) {
	f.Add([]byte(`"openid hawser"`))
	f.Add([]byte(`["hawser", "other"]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var claims scopeClaims
		if json.Unmarshal(raw, &claims.Scope) == nil && slices.Contains(claims.Scope, "hawser") && !strings.Contains(string(raw), "awser") && !strings.Contains(string(raw), `\u`) {
			t.Errorf("%q gives %q", raw, claims.Scope)
		}
	})
}
