package collect_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect/sources"
)

// Answers that are AWS's and lack something that AWS always gives close nothing, and
// are gaps or end the sync.
func TestAnswersThatLackSomething(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	without := func(list string) func(string) string {
		present := regexp.MustCompile(`(?s)<` + list + `>.*</` + list + `>|<` + list + `/>`)
		return func(body string) string { return present.ReplaceAllString(body, "") }
	}
	content := regexp.MustCompile(`<Content>(.*)</Content>`)
	for name, tt := range map[string]struct {
		operation string
		change    func(string) string
	}{
		"details without users":    {"GetAccountAuthorizationDetails", without("UserDetailList")},
		"details without groups":   {"GetAccountAuthorizationDetails", without("GroupDetailList")},
		"details without roles":    {"GetAccountAuthorizationDetails", without("RoleDetailList")},
		"details without policies": {"GetAccountAuthorizationDetails", without("Policies")},
		"a report without rows": {"GetCredentialReport", func(body string) string {
			report, err := base64.StdEncoding.DecodeString(content.FindStringSubmatch(body)[1])
			if err != nil {
				t.Error(err)
			}
			head, _, _ := strings.Cut(string(report), "\n")
			return content.ReplaceAllString(body, "<Content>"+base64.StdEncoding.EncodeToString([]byte(head))+"</Content>")
		}},
		"an organization without the account that asks": {"ListAccounts", func(string) string { return `{"Accounts": []}` }},
		"a member that is not a user": {"ListGroupMemberships", func(body string) string {
			return strings.ReplaceAll(body, `"UserId"`, `"DeviceId"`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var changed atomic.Bool
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				operation := pageOf(r).operation
				got := httptest.NewRecorder()
				c.ServeHTTP(got, r)
				body := got.Body.String()
				if operation == tt.operation && got.Code == http.StatusOK {
					body = tt.change(body)
					changed.Store(true)
				}
				for name, values := range got.Header() {
					w.Header()[name] = values
				}
				w.Header().Del("Content-Length")
				w.Header().Del("X-Amz-Crc32")
				w.WriteHeader(got.Code)
				fmt.Fprint(w, body)
			}))
			defer proxy.Close()
			o := options()
			o.Accounts = 1 // one request at a time
			result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, o)
			if !changed.Load() || err == nil && len(result.Gaps()) == 0 {
				t.Errorf("changed: %t, err = %v, and there is no gap", changed.Load(), err)
			}
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
