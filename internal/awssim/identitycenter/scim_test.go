package identitycenter_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
)

// scim calls the endpoint of a company, and gives the status and what came.
type scim struct {
	t           *testing.T
	base, token string
}

func (c *company) scim(t *testing.T) scim {
	return scim{t, c.URL + "/" + c.center.Tenant + "/scim/v2/", c.center.NewToken(time.Hour)}
}

func (s scim) call(method, path, body string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var answer map[string]any
	if len(text) > 0 && json.Unmarshal(text, &answer) != nil {
		s.t.Fatalf("%s %s answers %s", method, path, text)
	}
	return resp.StatusCode, answer
}

// names lists what a filter finds.
func (s scim) names(kind, filter string) (names []string) {
	s.t.Helper()
	status, answer := s.call("GET", kind+"?filter="+url.QueryEscape(filter), "")
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %v", filter, status, answer)
	}
	for _, r := range answer["Resources"].([]any) {
		resource := r.(map[string]any)
		name, ok := resource["userName"].(string)
		if !ok {
			name = resource["displayName"].(string)
		}
		names = append(names, name)
	}
	return names
}

const grace = `{"userName":"grace","displayName":"Grace","name":{"givenName":"Grace","familyName":"Hopper"},
 "emails":[{"value":"grace@example.com","type":"work","primary":true}],"externalId":"701984",
 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Compilers","manager":{"value":"9067"}}}`

// TestSCIMUser takes a user through a life by SCIM, which the Identity Store
// shows as well.
func TestSCIMUser(t *testing.T) {
	c := start(t)
	s := c.scim(t)
	status, made := s.call("POST", "Users", grace)
	if status != http.StatusCreated || made["active"] != true || made["externalId"] != "701984" {
		t.Fatalf("created: %d %v", status, made)
	}
	id := made["id"].(string)
	patches := []string{
		`{"Operations":[{"op":"Replace","path":"active","value":"False"}]}`,
		`{"Operations":[{"op":"replace","path":"name.familyName","value":"Murray"},{"op":"add","path":"title","value":"Admiral"}]}`,
		`{"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"murray@example.com"}]}`,
		`{"Operations":[{"op":"replace","value":{"nickName":"Amazing"}},{"op":"remove","path":"title"}]}`,
		`{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter","value":"42"}]}`,
	}
	for _, p := range patches {
		if status, answer := s.call("PATCH", "Users/"+id, p); status != http.StatusOK {
			t.Fatalf("%s: %d %v", p, status, answer)
		}
	}
	users, err := c.store().ListUsers(t.Context(), &identitystore.ListUsersInput{
		IdentityStoreId: &c.center.StoreID, Extensions: []string{"aws:identitystore:enterprise"},
		Filters: []types.Filter{{AttributePath: ptr("UserName"), AttributeValue: ptr("grace")}}, //nolint:staticcheck // deprecated, and what clients still send
	})
	if err != nil || len(users.Users) != 1 {
		t.Fatal(users, err)
	}
	u := users.Users[0]
	got := []string{string(u.UserStatus), *u.Name.FamilyName, *u.Emails[0].Value, *u.NickName, *u.ExternalIds[0].Id}
	if diff := cmp.Diff([]string{"DISABLED", "Murray", "murray@example.com", "Amazing", "701984"}, got); diff != "" || u.Title != nil {
		t.Errorf("the Identity Store (-want +got):\n%s", diff)
	}
	if status, _ := s.call("PUT", "Users/"+id, grace); status != http.StatusOK {
		t.Errorf("put: %d", status)
	}
	if _, again := s.call("GET", "Users/"+id, ""); again["active"] != true || again["nickName"] != nil {
		t.Errorf("after a put without them: %v", again)
	}
	if status, _ := s.call("DELETE", "Users/"+id, ""); status != http.StatusNoContent {
		t.Errorf("deleted: %d", status)
	}
	if status, answer := s.call("GET", "Users/"+id, ""); status != http.StatusNotFound || answer["status"] != "404" {
		t.Errorf("after the end: %d %v", status, answer)
	}
}

func TestSCIMGroups(t *testing.T) {
	c := start(t)
	s := c.scim(t)
	member := `{"value":"` + c.ada.ID + `"}`
	status, made := s.call("POST", "Groups", `{"displayName":"sailors","externalId":"s1","members":[`+member+`]}`)
	if status != http.StatusCreated || len(made["members"].([]any)) != 0 {
		t.Fatalf("created: %d %v", status, made)
	}
	id := made["id"].(string)
	filter := `id eq "` + id + `" and member eq "` + c.ada.ID + `"`
	if diff := cmp.Diff([]string{"sailors"}, s.names("Groups", filter)); diff != "" {
		t.Error(diff)
	}
	for path, body := range map[string]string{
		`members[value eq "` + c.ada.ID + `"]`: `{"Operations":[{"op":"remove","path":"members","value":[` + member + `]}]}`,
		"displayName":                          `{"Operations":[{"op":"replace","value":{"displayName":"deckhands"}}]}`,
	} {
		if status, answer := s.call("PATCH", "Groups/"+id, body); status != http.StatusNoContent {
			t.Errorf("%s: %d %v", path, status, answer)
		}
	}
	if got := s.names("Groups", filter); got != nil {
		t.Errorf("after the member was removed: %v", got)
	}
	if diff := cmp.Diff([]string{"deckhands"}, s.names("Groups", `externalId eq "s1"`)); diff != "" {
		t.Error(diff)
	}
	if status, _ := s.call("PATCH", "Groups/"+id, `{"Operations":[{"op":"remove","path":"members"}]}`); status != http.StatusBadRequest {
		t.Errorf("removing all members: %d", status)
	}
	if status, _ := s.call("DELETE", "Groups/"+id, ""); status != http.StatusNoContent {
		t.Errorf("deleted: %d", status)
	}
}

// TestSCIMRefusals holds the statuses to what AWS's pages say.
func TestSCIMRefusals(t *testing.T) {
	c := start(t)
	s := c.scim(t)
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"no JSON", "POST", "Users", "{", 400},
		{"no name", "POST", "Users", `{"userName":"x","displayName":"X"}`, 400},
		{"unknown attribute", "POST", "Users", `{"userName":"x","password":"y"}`, 400},
		{"taken name", "POST", "Users", strings.ReplaceAll(grace, "grace", "ada"), 409},
		{"secondary email", "POST", "Users", strings.ReplaceAll(grace, `"primary":true`, `"primary":false`), 400},
		{"other operator", "GET", "Users?filter=userName+co+%22a%22", "", 400},
		{"other attribute", "GET", "Users?filter=title+eq+%22a%22", "", 400},
		{"unknown member", "GET", "Groups?filter=members.value+eq+%22a%22", "", 404},
		{"page too long", "GET", "Users?count=101", "", 400},
		{"foreign cursor", "GET", "Users?cursor=x", "", 400},
		{"bulk", "POST", "Bulk", "{}", 400},
		{"replace a group", "PUT", "Groups/x", "{}", 400},
		{"nobody", "PATCH", "Users/x", `{"Operations":[{"op":"remove","path":"title"}]}`, 404},
	}
	for _, tt := range tests {
		status, answer := s.call(tt.method, tt.path, tt.body)
		if status != tt.status || answer["detail"] == "" || answer["schemas"] == nil {
			t.Errorf("%s: %d %v, want %d", tt.name, status, answer, tt.status)
		}
	}
	other := s
	other.token = "wrong"
	if status, _ := other.call("GET", "Users", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", status)
	}
	c.Clock.Advance(2 * time.Hour)
	if status, _ := s.call("GET", "Users", ""); status != http.StatusUnauthorized {
		t.Errorf("a token that has ended: %d", status)
	}
}

// TestSCIMPagesAndLimits reads by cursor, and too fast.
func TestSCIMPagesAndLimits(t *testing.T) {
	c := start(t)
	for range 4 {
		if _, err := c.center.AddUser(strings.Repeat("x", len(c.names)+1), "A", "B", ""); err != nil {
			t.Fatal(err)
		}
		c.names = append(c.names, "")
	}
	s := c.scim(t)
	seen, cursor := 0, ""
	for {
		_, page := s.call("GET", "Users?count=2&cursor="+url.QueryEscape(cursor), "")
		seen += len(page["Resources"].([]any))
		next, ok := page["nextCursor"].(string)
		if !ok {
			break
		}
		cursor = next
	}
	if seen != 5 {
		t.Errorf("%d users were listed by cursor, want 5", seen)
	}
	if _, plain := s.call("GET", "Users", ""); plain["totalResults"] != 5.0 || plain["startIndex"] != 1.0 {
		t.Errorf("without a cursor: %v", plain)
	}
	c.SetLimit("scim:*", awssim.Limit{Rate: 1, Burst: 2})
	var last int
	for range 3 {
		last, _ = s.call("GET", "ServiceProviderConfig", "")
	}
	if last != http.StatusTooManyRequests || c.Count("scim:ListUsers") == 0 {
		t.Errorf("past the limit: %d", last)
	}
}
