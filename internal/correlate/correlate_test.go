package correlate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
)

func seq(entities ...snapshot.Seen) iter.Seq2[snapshot.Seen, error] {
	return func(yield func(snapshot.Seen, error) bool) {
		for _, e := range entities {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func center(user, email string) snapshot.Seen {
	body := snapshot.SSOUserBody{UserName: user, DisplayName: strings.ToUpper(user)}
	if email != "" {
		body.Emails = []string{email}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.SSOUserID("d-1", user), Name: user, Body: raw}}
}

func user(name string) snapshot.Seen {
	return snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.User.ID("arn:aws:iam::111122223333:user/" + name), Account: "111122223333", Name: name}}
}

// tagged is an IAM user with a tag.
func tagged(name, tag, value string) snapshot.Seen {
	e := user(name)
	raw, err := json.Marshal(snapshot.TagsBody{Tags: snapshot.Tags{tag: value}})
	if err != nil {
		panic(err)
	}
	e.Body = raw
	return e
}

// elsewhere is an IAM user of another account.
func elsewhere(name string) snapshot.Seen {
	return snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.User.ID("arn:aws:iam::444455556666:user/" + name), Account: "444455556666", Name: name}}
}

// Identities are joined by email, by mapping, and with the one user of Identity Center
// of their name, and never where several people could be meant. People are of the
// organization, except for those of the mapping.
func TestPeople(t *testing.T) {
	for name, tt := range map[string]struct {
		center, iam []snapshot.Seen
		mapping     correlate.Mapping
		want        []string
		notes       int
	}{
		"an email":                   {[]snapshot.Seen{center("a1", "Ada@x.example")}, []snapshot.Seen{user("ada@x.example")}, nil, []string{"o-1/ada@x.example a1", "o-1/ada@x.example ada@x.example"}, 0},
		"a tag":                      {[]snapshot.Seen{center("a1", "ada@x.example")}, []snapshot.Seen{tagged("al", "Email", " Ada@x.example")}, nil, []string{"o-1/ada@x.example a1", "o-1/ada@x.example al"}, 0},
		"a tag against the name":     {[]snapshot.Seen{center("ada", "ada@x.example")}, []snapshot.Seen{tagged("ada", "email", "ada@y.example")}, nil, []string{"o-1/ada@x.example ada"}, 0},
		"two of one email":           {nil, []snapshot.Seen{tagged("al", "email", "ada@x.example"), elsewhere("ada@x.example")}, nil, []string{"o-1/ada@x.example ada@x.example", "o-1/ada@x.example al"}, 0},
		"another email of a user":    {[]snapshot.Seen{center("ada@y.example", "ada@x.example")}, []snapshot.Seen{user("ada@y.example")}, nil, []string{"o-1/ada@x.example ada@y.example", "o-1/ada@x.example ada@y.example"}, 0},
		"the part before the @":      {[]snapshot.Seen{center("a1", "ada@x.example")}, []snapshot.Seen{user("ADA")}, nil, []string{"o-1/ada@x.example ADA", "o-1/ada@x.example a1"}, 0},
		"a user name":                {[]snapshot.Seen{center("ada", "")}, []snapshot.Seen{user("ada")}, nil, []string{"o-1/ada ada", "o-1/ada ada"}, 0},
		"an IAM user alone":          {nil, []snapshot.Seen{user("ada")}, nil, nil, 0},
		"one who is mapped":          {nil, []snapshot.Seen{user("ada")}, correlate.Mapping{"Ada L": {"ADA"}}, []string{"ada l ada"}, 0},
		"one whom the mapping names": {[]snapshot.Seen{center("a1", "ada@x.example")}, []snapshot.Seen{user("admin"), user("ada@x.example")}, correlate.Mapping{"Ada@x.example": {"admin"}}, []string{"ada@x.example a1", "ada@x.example ada@x.example", "ada@x.example admin"}, 0},
		"two who could be meant":     {[]snapshot.Seen{center("s1", "sam@x.example"), center("s2", "sam@y.example")}, []snapshot.Seen{user("sam")}, nil, []string{"o-1/sam@x.example s1", "o-1/sam@y.example s2"}, 1},
		"two, and a mapping says":    {[]snapshot.Seen{center("s1", "sam@x.example"), center("s2", "sam@y.example")}, []snapshot.Seen{user("sam")}, correlate.Mapping{"sam@y.example": {"sam"}}, []string{"o-1/sam@x.example s1", "sam@y.example s2", "sam@y.example sam"}, 0},
		"two IAM users of a name":    {nil, []snapshot.Seen{user("jenkins"), elsewhere("jenkins")}, nil, nil, 0},
		"Identity Center by itself":  {[]snapshot.Seen{center("ada", "ada@x.example")}, nil, nil, []string{"o-1/ada@x.example ada"}, 0},
		"nobody's name":              {[]snapshot.Seen{nameless("n1"), nameless("n2"), center("ada", "")}, []snapshot.Seen{user("ada"), user("")}, nil, []string{"o-1/ada ada", "o-1/ada ada"}, 0},
		"without a name, but mapped": {[]snapshot.Seen{nameless("n1")}, nil, correlate.Mapping{"ada": {"d-1/n1"}}, []string{"ada n1"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, notes, err := correlate.People("o-1", seq(tt.center...), seq(tt.iam...), tt.mapping)
			if err != nil || len(notes) != tt.notes {
				t.Fatalf("%v, %v", err, notes)
			}
			var got []string
			for _, e := range b.Edges {
				got = append(got, fmt.Sprintf("%s %s", e.From.Key, e.To.Key[strings.LastIndex(e.To.Key, "/")+1:]))
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// nameless is a user of Identity Center of whom AWS tells the ID alone.
func nameless(id string) snapshot.Seen {
	return snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.SSOUserID("d-1", id), Body: []byte(`{"user_name": "", "emails": [""]}`)}}
}

// A role is a permission set's where its name has the form that Identity Center
// gives, and the account is the same.
func TestPermissionSetRoles(t *testing.T) {
	role := func(account, name string) snapshot.Seen {
		return snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.Role.ID(account + "/" + name), Account: account, Name: name}}
	}
	set := snapshot.Seen{Entity: snapshot.Entity{ID: snapshot.AccountRoleID("set", "1"), Account: "1", Name: "Admin_X"}}
	roles := seq(role("1", "AWSReservedSSO_Admin_X_0123456789abcdef"), role("2", "AWSReservedSSO_Admin_X_0123456789abcdee"),
		role("1", "AWSReservedSSO_Admin_X"), role("1", "Admin_X_0123456789abcdef"))
	b, err := correlate.PermissionSetRoles(roles, seq(set))
	if err != nil || len(b.Edges) != 1 || b.Edges[0].To.Key != "1/AWSReservedSSO_Admin_X_0123456789abcdef" || b.Edges[0].Relation != snapshot.Became {
		t.Errorf("%v, %+v", err, b)
	}
}

// An error of what is read ends both.
// A person without a display name is called by the user name.
func TestAPersonWithoutADisplayName(t *testing.T) {
	e := center("ada", "ada@x.example")
	e.Body = json.RawMessage(`{"user_name":"ada","emails":["ada@x.example"]}`)
	b, _, err := correlate.People("o-1", seq(e), seq(), nil)
	if err != nil || len(b.Parts) != 1 || b.Parts[0].Name != "ada" {
		t.Errorf("%v, %+v", err, b)
	}
}

func TestErrors(t *testing.T) {
	broken := func(yield func(snapshot.Seen, error) bool) { yield(snapshot.Seen{}, errors.ErrUnsupported) }
	for _, in := range [][2]iter.Seq2[snapshot.Seen, error]{{broken, seq()}, {seq(), broken}} {
		if _, _, err := correlate.People("o-1", in[0], in[1], nil); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%v", err)
		}
		if _, err := correlate.PermissionSetRoles(in[0], in[1]); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%v", err)
		}
	}
}
