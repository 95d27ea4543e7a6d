package collect_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/iam"
	"github.com/hawser/hawser/internal/collect/org"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/collect/sso"
	"github.com/hawser/hawser/internal/snapshot"
)

// A call that takes long holds up what goes on from it alone: everything else is
// stored before it is answered.
func TestASlowCallHoldsUpNoOthers(t *testing.T) {
	t.Parallel()
	for slow, before := range map[string][]snapshot.Facet{
		"GetAccountAuthorizationDetails": {snapshot.IAMAliases, snapshot.IAMProfiles, snapshot.IAMMFADevices, snapshot.IAMSummary, snapshot.IAMOIDCProviderDetails},
		"ListInstanceProfiles":           {snapshot.IAMUsers, snapshot.IAMPolicyDocuments, snapshot.IAMAccessKeys, snapshot.IAMSSHKeys, snapshot.IAMHardwareDevices},
		"GenerateCredentialReport":       {snapshot.IAMUsers, snapshot.IAMAliases, snapshot.IAMServiceCredentials},
		"DescribePermissionSet":          {snapshot.SSOUsers, snapshot.SSOMemberships, snapshot.SSOApplications},
	} {
		c := newCompany(t)
		var once sync.Once
		rest, late := make(chan struct{}), make(chan struct{})
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pageOf(r).operation == slow {
				select {
				case <-rest:
				case <-late:
				case <-time.After(2 * time.Minute):
					once.Do(func() { close(late) })
				}
			}
			c.ServeHTTP(w, r)
		}))
		o := options()
		o.Progress = func(e collect.Event) {
			if before = slices.DeleteFunc(before, func(f snapshot.Facet) bool { return f == e.Outcome.Facet }); len(before) == 0 {
				select {
				case <-rest:
				default:
					close(rest)
				}
			}
		}
		result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, o)
		proxy.Close()
		if err != nil || len(result.Gaps()) > 0 {
			t.Errorf("%s: %v, %+v", slow, err, result.Gaps())
		}
		select {
		case <-late:
			t.Errorf("%s holds up %v", slow, before)
		default:
		}
	}
}

// A source goes on from earlier ones alone, so that none waits for itself.
func TestSourcesGoOnFromEarlierOnes(t *testing.T) {
	t.Parallel()
	for _, service := range []collect.Service{org.Service(), sso.Service(), iam.Service()} {
		var all, earlier []snapshot.Facet
		for _, s := range service.Sources {
			all = append(all, s.Facets()...)
		}
		for _, s := range service.Sources {
			earlier = append(earlier, s.Facets()...)
			for _, m := range s.Methods {
				for _, f := range slices.Concat(m.After, m.Uses) {
					if slices.Contains(all, f) && !slices.Contains(earlier, f) {
						t.Errorf("%s goes on from %s, which is read later", m.Name, f)
					}
				}
			}
		}
	}
}
