package toolbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

const leaver = "222233334444"

// If an account leaves and Identity Center still has assignments on it, each listing marks
// them, exports have the account, and a comparison says once that it left.
func TestDepartedAccountsAreMarked(t *testing.T) {
	r, leave := leaving(t)
	r.Call(t, "sync.run", `{}`)
	leave.Store(true)
	r.Call(t, "sync.run", `{}`)
	var events []string
	result, err := r.Try(t.Context(), "changes.list", `{"kind": ["org.account"], "only": "config"}`)
	if err != nil {
		t.Fatal(err)
	}
	var changes struct {
		Items []struct{ Event, Change, Relation string }
	}
	if err := json.Unmarshal(result.JSON, &changes); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes.Items {
		if c.Relation == "" && (c.Event != "" || c.Change != "went") {
			events = append(events, c.Event+" "+c.Change)
		}
	}
	if !slices.Equal(events, []string{"left went"}) {
		t.Errorf("%v in %s", events, result.JSON)
	}
	set := r.Call(t, "identity.list", `{"kind": ["sso.account-role"]}`)["items"].([]any)[0].(map[string]any)["key"].(string)
	for name, in := range map[string]string{
		"identity.list": `{"kind": ["sso.account-role"]}`, "identity.get": `{"kind": "sso.account-role", "key": "` + set + `"}`,
		"grants.list": `{"account": "` + leaver + `"}`, "who.show": `{"name": "ada@example.com"}`, "accounts.list": `{}`,
	} {
		result, err := r.Try(t.Context(), name, in)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(result.JSON); !strings.Contains(text, `"LEFT"`) && !strings.Contains(text, "account left") {
			t.Errorf("%s does not mark it: %s", name, text)
		}
	}
	if text := string(must(json.Marshal(r.Call(t, "accounts.list", `{}`)))); !strings.Contains(text, `"name":"member"`) {
		t.Errorf("the account has no name: %s", text)
	}
	if exported := r.Call(t, "snapshot.export", `{"format": "c1z", "file": "x.c1z"}`); strings.Contains(string(must(json.Marshal(exported))), "left out") {
		t.Errorf("%v", exported)
	}
	leave.Store(false) // it is back
	r.Call(t, "sync.run", `{}`)
	if text := string(must(json.Marshal(r.Call(t, "accounts.list", `{}`)))); strings.Contains(text, `"LEFT"`) || !strings.Contains(text, leaver) {
		t.Errorf("it is back: %s", text)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// leaving returns a rig of an organization with Identity Center, in which somebody is
// assigned to an account. The list of accounts lacks the account once leave is set.
func leaving(t *testing.T) (r *toolboxtest.Rig, leave *atomic.Bool) {
	t.Helper()
	_, sim := toolboxtest.OnSim(t)
	org := must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	must(org.Root.AddAccount(sim.AddAccount(leaver, "member"), "member@example.com"))
	center := must(identitycenter.Enable(sim.World, sim.Account, "us-east-1", 1))
	set := &identitycenter.PermissionSet{Name: "Admin"}
	if err := center.AddPermissionSet(set); err != nil {
		t.Fatal(err)
	}
	if err := center.Assign(set, leaver, must(center.AddUser("ada", "Ada", "L", "ada@example.com"))); err != nil {
		t.Fatal(err)
	}
	leave = &atomic.Bool{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		got := httptest.NewRecorder()
		sim.ServeHTTP(got, request)
		body := got.Body.Bytes()
		if leave.Load() && strings.HasSuffix(request.Header.Get("X-Amz-Target"), ".ListAccounts") {
			body = without(body)
		}
		for name, values := range got.Header() {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(got.Code)
		_, _ = bytes.NewReader(body).WriteTo(w)
	}))
	t.Cleanup(proxy.Close)
	admin := must(sim.World.Account(leaver).AddRole("Hawser", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`))
	admin.Attach(must(sim.World.Account(leaver).AWSManaged("AdministratorAccess")))
	settings := toolboxtest.SimSettings(sim)
	settings.Endpoint, settings.MemberRole = proxy.URL, "Hawser"
	return toolboxtest.New(t, settings), leave
}

// without removes the account from an answer of ListAccounts.
func without(body []byte) []byte {
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		panic(err)
	}
	accounts, _ := answer["Accounts"].([]any)
	answer["Accounts"] = slices.DeleteFunc(accounts, func(a any) bool { return a.(map[string]any)["Id"] == leaver })
	return must(json.Marshal(answer))
}
