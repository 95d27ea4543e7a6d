package collect_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// replacing syncs while texts in the answers are replaced by others.
func (c *company) replacing(pairs ...string) *collect.Result {
	c.t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		c.ServeHTTP(answer, r)
		body := answer.Body.String()
		changed := strings.NewReplacer(pairs...).Replace(body)
		for name, values := range answer.Header() {
			if changed == body || name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(answer.Code)
		_, _ = bytes.NewBufferString(changed).WriteTo(w)
	}))
	defer proxy.Close()
	result, err := sources.New().Run(c.t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, options())
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// A policy that is not understood is a gap of its cell alone. The snapshot has its
// text, and everything else that the cell read.
func TestPoliciesThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	const marked = `{"Version": "2012-10-17", "Statement": [{"Sid": "Marker", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`
	c := newCompany(t)
	must(c.Account.AddRole("Odd", strings.Replace(trustHome, `"Effect"`, `"Sid": "Marker", "Effect"`, 1)))
	if err := c.Account.AddUser("odd").PutPolicy("odd", marked); err != nil {
		t.Fatal(err)
	}
	must(c.Account.AddPolicy("Odd", marked))
	c.whole()
	for name, tt := range map[string]struct{ pairs, kept, because string }{
		"an element that there is not": {`"Sod": "Marker"`, `"Sod":"Marker"`, "Statement[0].Sod is not an element of a policy"},
		"not JSON":                     {`"Sid": Marker`, `\"Sid\": Marker`, "the policy is not JSON"},
	} {
		late := "late-" + strings.ReplaceAll(name, " ", "-")
		must(c.Account.AddRole(late, trustService))
		result := c.replacing(inURL(`"Sid": "Marker"`), inURL(tt.pairs), inURL(`"Sid":"Marker"`), inURL(tt.pairs))
		told := map[snapshot.Facet]string{}
		for _, g := range ofReading(result) {
			told[g.Facet] = g.Reason
			if g.Account != c.Account.ID || g.Status != snapshot.Failed || g.Seen == 0 {
				t.Errorf("%s: %+v", name, g)
			}
		}
		arn := "arn:aws:iam::" + c.Account.ID + ":"
		want := map[snapshot.Facet]string{
			snapshot.IAMRoles: "the trust policy of " + arn + "role/Odd", snapshot.IAMPolicyDocuments: arn + "policy/Odd", snapshot.IAMAttachments: "the inline policy " + arn + "user/odd#odd",
		}
		for facet, of := range want {
			if told[facet] != of+" is not understood: "+tt.because {
				t.Errorf("%s: %s: %q", name, facet, told[facet])
			}
		}
		text := strings.Join(c.snapshot(), "\n")
		if len(told) != len(want) || strings.Count(text, tt.kept) != len(want) || !strings.Contains(text, "role/"+late) {
			t.Errorf("%s: %v\n%s", name, told, text)
		}
	}
	c.whole()
}

// inURL encodes a text as IAM encodes documents.
func inURL(text string) string {
	return strings.NewReplacer(`"`, "%22", ":", "%3A", " ", "%20").Replace(text)
}

// Documents of a file that are not understood keep nothing else from the snapshot.
func TestPoliciesOfAFileThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	c := &company{t: t}
	c.open()
	const role = "arn:aws-us-gov:iam::111122223333:role/"
	cells, err := sources.FromFiles(&collect.Printed{Reader: strings.NewReader(`{"RoleDetailList": [
		{"Arn": "` + role + `a", "RoleName": "a", "AssumeRolePolicyDocument": "surely no JSON"},
		{"Arn": "` + role + `d", "RoleName": "d", "AssumeRolePolicyDocument": ["no object"]},
		{"Arn": "` + role + `b", "RoleName": "b", "AssumeRolePolicyDocument": {"Statement": {"Effect": "Perhaps", "Action": "sts:AssumeRole"}}},
		{"Arn": "` + role + `c", "RoleName": "c", "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}}}],
		"UserDetailList": [{"Arn": "arn:aws-us-gov:iam::111122223333:user/u", "UserName": "u"}], "GroupDetailList": [], "Policies": []}`)}, "111122223333", nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := collect.Import(t.Context(), c.store, cells, collect.ImportOptions{Connection: "file", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	reason := ""
	for _, g := range result.Gaps() {
		if g.Facet == snapshot.IAMRoles {
			reason = g.Reason
		}
	}
	if reason != "the trust policy of "+role+"a is not understood: the policy is not JSON (and 2 more)" {
		t.Errorf("%q", reason)
	}
	roles := must(c.store.Entities(t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Role}, Limit: 9}))
	if len(roles) != 4 || !strings.Contains(string(roles[0].Body), `"trust":"surely no JSON"`) || !strings.Contains(string(roles[1].Body), `"Perhaps"`) {
		t.Errorf("%+v", roles)
	}
	links := must(c.store.Links(t.Context(), snapshot.Role.ID(role+"c"), false, 0))
	if len(links) != 1 || links[0].From.Key != "arn:aws-us-gov:iam::444455556666:root" {
		t.Errorf("%+v", links)
	}
}
