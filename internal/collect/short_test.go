package collect_test

import (
	"encoding/base64"
	"regexp"
	"strings"
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
			endpoint, changed := answering(func(body []byte) []byte { return []byte(tt.change(string(body))) })(c, "x:"+tt.operation)
			result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = endpoint }), c.store, options())
			if changed() == 0 || err == nil && len(result.Gaps()) == 0 {
				t.Errorf("%d answers changed, err = %v, and there is no gap", changed(), err)
			}
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
