package identity_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// staff has two people of one display name, one person with two identities, and IAM users
// of one name in two accounts who are nobody's.
func staff() map[snapshot.Facet]*snapshot.Batch {
	b := &snapshot.Batch{}
	person := func(email, name, user string) {
		sso, p := snapshot.SSOUserID("d-1", user), snapshot.PersonID("o-1", email)
		b.Add(sso, "", user, snapshot.SSOUserBody{UserName: user, DisplayName: name})
		b.Add(p, "", name, snapshot.PersonBody{Email: email})
		b.Link(p, snapshot.Is, sso, nil)
	}
	person("ada@example.com", "Ada Byron", "ada")
	person("adam@example.com", "Adam Smith", "adam")
	person("jo@example.com", "Jo Doe", "jo")
	person("jo.doe@example.com", "Jo Doe", "jo.doe")
	b.Add(snapshot.User.ID(iamARN("user/ada")), account, "ada", nil)
	b.Link(snapshot.PersonID("o-1", "ada@example.com"), snapshot.Is, snapshot.User.ID(iamARN("user/ada")), nil)
	b.Add(snapshot.User.ID(iamARN("user/jenkins")), account, "jenkins", nil)
	b.Add(snapshot.User.ID("arn:aws:iam::444455556666:user/jenkins"), "444455556666", "jenkins", nil)
	b.Add(snapshot.User.ID(iamARN("user/backup")), account, "backup", nil)
	b.Add(snapshot.User.ID(iamARN("user/eve")), account, "eve", snapshot.TagsBody{Tags: snapshot.Tags{"Email": "Eve@example.com"}})
	return map[snapshot.Facet]*snapshot.Batch{"iam.users": b}
}

// Somebody is found by a whole name alone: a part of a name may be another person's.
func TestWhoIsFoundByAWholeName(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	run(t, r, "default", staff())
	for name, identities := range map[string]int{
		"ada@example.com": 2, "ADA": 2, "Ada Byron": 2, iamARN("user/ada"): 1, "backup": 1, "jo.doe": 1, "eve@example.com": 1, "EVE@example.com": 1, "adam": 1,
		"arn:aws:iam::444455556666:user/jenkins": 1,
	} {
		result, err := r.Try(t.Context(), "who.show", map[string]string{"name": name})
		if err != nil || strings.Count(string(result.JSON), `"what":"identity"`) != identities {
			t.Errorf("%s: %v, %+v", name, err, result)
		}
	}
	for name, tt := range map[string]struct {
		kind  fault.Kind
		cause []string
	}{
		"Jo Doe":  {fault.Invalid, []string{"Jo Doe (jo@example.com)", "Jo Doe (jo.doe@example.com)"}},
		"jenkins": {fault.Invalid, []string{iamARN("user/jenkins"), "arn:aws:iam::444455556666:user/jenkins"}},
		"Smith":   {fault.NotFound, []string{"it is a part of: Adam Smith (adam@example.com)"}},
		"byr":     {fault.NotFound, []string{"it is a part of: Ada Byron (ada@example.com)"}},
		"zoe":     {fault.NotFound, nil},
	} {
		_, err := r.Try(t.Context(), "who.show", map[string]string{"name": name})
		f := fault.From(err)
		if !errors.Is(err, tt.kind) || f.Field != "name" || (len(tt.cause) == 0) != (f.Cause == "") {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range tt.cause {
			if !strings.Contains(f.Cause, want) {
				t.Errorf("%s: no %s in %q", name, want, f.Cause)
			}
		}
	}
}
