package identitycenter

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFilter(t *testing.T) {
	tests := []struct {
		filter string
		want   []condition // nil for one that is refused
	}{
		{`userName eq "ada"`, []condition{{"userName", "ada"}}},
		{`id EQ "1" and manager eq "2"`, []condition{{"id", "1"}, {"manager", "2"}}},
		{`displayName eq "the \"A\" team"`, []condition{{"displayName", `the "A" team`}}},
		{`groups.value eq ""`, []condition{{"groups.value", ""}}},
		{`userName sw "a"`, nil},
		{`userName eq ada`, nil},
		{`id eq "1" or id eq "2"`, nil},
		{`id eq "1" and`, nil},
		{``, nil},
	}
	for _, tt := range tests {
		got, err := parseFilter(tt.filter)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(condition{})); diff != "" || (err != nil) != (tt.want == nil) {
			t.Errorf("%s: %v (-want +got):\n%s", tt.filter, err, diff)
		}
	}
}

// FuzzParseFilter wants that what is read has conditions, each of which is
// read again as itself.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{`userName eq "ada"`, `id eq "1" and manager eq "2"`, `a eq "\\\""`, `a eq "`} {
		f.Add(seed)
	}
	quoting := strings.NewReplacer(`"`, `\"`, `\`, `\\`)
	f.Fuzz(func(t *testing.T, filter string) {
		conditions, err := parseFilter(filter)
		if err != nil {
			return
		}
		if len(conditions) == 0 {
			t.Fatalf("%q has no conditions", filter)
		}
		for _, c := range conditions {
			again, err := parseFilter(c.attribute + ` eq "` + quoting.Replace(c.value) + `"`)
			if err != nil || len(again) != 1 || again[0] != c {
				t.Fatalf("%+v is read again as %+v (%v)", c, again, err)
			}
		}
	})
}

// FuzzPatch wants that no patch of a user's document breaks it in a way that
// shows other than as an error.
func FuzzPatch(f *testing.F) {
	f.Add("replace", "name.familyName", "x")
	f.Add("remove", `emails[type eq "work"].value`, "")
	f.Add("add", scimEnterprise+":department", "x")
	f.Fuzz(func(t *testing.T, op, path, value string) {
		doc := map[string]any{
			"userName": "ada", "name": map[string]any{"familyName": "L"}, "emails": []any{map[string]any{"value": "a@example.com", "primary": true}},
		}
		if err := (patch{op, path, value}).apply(doc); err != nil {
			return
		}
		i := &Instance{Tenant: "t"}
		if _, err := i.fromSCIM(doc); err != nil && asError(err).Code != "ValidationException" {
			t.Fatalf("%s %q %q: %v", op, path, value, err)
		}
	})
}
