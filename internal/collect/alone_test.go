package collect_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// lost are the facets with gaps of a sync.
func lost(r *collect.Result) (facets []string) {
	for _, g := range r.Gaps() {
		facets = append(facets, string(g.Facet))
	}
	slices.Sort(facets)
	return slices.Compact(facets)
}

// full is a company with what the first one lacks: an application, a provider, a
// delegated administrator, and a policy of AWS's that only bounds somebody.
func full(t *testing.T) *company {
	c := newCompany(t)
	org := organizations.Of(c.Account, c.World)
	org.Delegate(org.Member(member1), "sso.amazonaws.com")
	c.center.AddApplication("wiki", "", must(c.center.AddGroup("readers", "Readers")))
	c.Account.AddOIDCProvider(c.AddIssuer("https://ci.example.com"), "sts.amazonaws.com")
	c.Account.AddUser("bounded").Bound(must(c.Account.AWSManaged("ReadOnlyAccess")))
	return c
}

// A call that is denied loses what it reads, and what can't be known without that;
// each other facet is read.
func TestEachFacetStandsAlone(t *testing.T) {
	t.Parallel()
	c := full(t)
	c.whole()
	known, before := c.store, c.snapshot()
	details := "iam:GetAccountAuthorizationDetails"
	byDetails := []string{"derived.people", "iam.attachments", "iam.role-details", "iam.user-details"}
	for denied, want := range map[string][]string{
		"sso:DescribePermissionSet":                              {"sso.permission-set-details"},
		"sso:ListManagedPoliciesInPermissionSet":                 {"sso.permission-set-policies"},
		"sso:ListCustomerManagedPolicyReferencesInPermissionSet": {"sso.permission-set-customer-policies"},
		"sso:GetInlinePolicyForPermissionSet":                    {"sso.permission-set-inline-policies"},
		"sso:GetPermissionsBoundaryForPermissionSet":             {"sso.permission-set-boundaries"},
		"sso:ListApplicationAssignments":                         {"sso.application-assignments"},
		"organizations:DescribeOrganization":                     {"org.organization"},
		"organizations:ListAccountsForParent":                    {"org.account-units"},
		"organizations:ListOrganizationalUnitsForParent":         {"org.account-units", "org.units"},
		"organizations:DescribePolicy":                           {"org.policy-documents", "org.resource-control-policy-documents"},
		"organizations:ListTargetsForPolicy":                     {"org.policy-targets", "org.resource-control-policy-targets"},
		"organizations:ListDelegatedServicesForAccount":          {"org.delegated-services"},
		"iam:GetOpenIDConnectProvider":                           {"iam.oidc-provider-details"},
		"iam:GetPolicy":                                          nil, // a listing has the same
		"iam:GetPolicy iam:ListPolicies":                         {"iam.boundary-documents", "iam.boundary-policies"},
		"iam:GetPolicyVersion":                                   {"iam.boundary-documents"},
		details:                                                  byDetails,
		details + " iam:GetPolicyVersion":                        append([]string{"iam.boundary-documents", "iam.policy-documents"}, byDetails...),
		details + " iam:GetGroup":                                append([]string{"iam.memberships"}, byDetails...),
	} {
		slices.Sort(want)
		c.ClearFaults()
		for _, action := range strings.Fields(denied) {
			service, operation, _ := strings.Cut(action, ":")
			c.fault(awssim.Fault{Service: service, Action: operation, Effect: awssim.DenyAccess})
		}
		c.open()
		if diff := cmp.Diff(want, lost(c.sync())); diff != "" {
			t.Errorf("without %s: %s", denied, diff)
		}
		c.store = known
		if diff := cmp.Diff(want, lost(c.sync())); diff != "" {
			t.Errorf("without %s, the second time: %s", denied, diff)
		}
		if diff := cmp.Diff(before, c.snapshot()); diff != "" {
			t.Errorf("without %s the snapshot changes: %s", denied, diff)
		}
	}
}

// An organization that knows no resource control policies has its service control
// policies.
func TestATypeOfPoliciesThatIsNotKnown(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !bytes.Contains(body, []byte("RESOURCE_CONTROL_POLICY")) {
			c.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type": "InvalidInputException", "Message": "You specified an invalid value.", "Reason": "INVALID_ENUM_POLICY_TYPE"}`)
	}))
	defer proxy.Close()
	result := c.syncFrom(func(s *awsapi.Settings) { s.Endpoint = proxy.URL })
	want := []string{"org.resource-control-policies", "org.resource-control-policy-documents", "org.resource-control-policy-targets"}
	if diff := cmp.Diff(want, lost(result)); diff != "" {
		t.Error(diff)
	}
	policies := must(c.store.Entities(t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.OrgPolicy}, Limit: 10}))
	if len(policies) == 0 || !strings.Contains(string(policies[0].Body), "document") {
		t.Errorf("%+v", policies)
	}
}

// An account whose role can be assumed is read, although STS does not say who that is.
func TestAnAccountThatSTSDoesNotName(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.fault(awssim.Fault{Service: "sts", Action: "GetCallerIdentity", Account: member1, Effect: awssim.Throttle})
	if gaps := c.sync().Gaps(); len(gaps) > 0 {
		t.Errorf("%+v", gaps)
	}
}
