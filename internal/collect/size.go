package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/snapshot"
)

// Size is how large a place is, for predicting calls.
type Size struct {
	Users, Groups, Roles, Policies, Keys, NewKeys int
	SSHUsers                                      int // users who are asked for SSH keys
	Accounts, Units, OrgPolicies                  int // roots are units
	SSOUsers, SSOGroups, Sets, Provisioned        int
}

// sizes counts the picture by account; "" is the organization and Identity
// Center.
func sizes(ctx context.Context, book Book) (map[string]Size, error) {
	counts, err := book.Counts(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]Size{}
	for _, c := range counts {
		account := c.Account
		s := known[account]
		n := s.count(c.Kind)
		if n == nil {
			account = ""
			s = known[account]
			n = s.countShared(c.Kind)
		}
		if n != nil {
			*n += c.N
			known[account] = s
		}
	}
	return known, nil
}

// count is where an account's entities of a kind are counted; nil for kinds that
// are not of accounts.
func (s *Size) count(k snapshot.Kind) *int {
	return map[snapshot.Kind]*int{
		snapshot.User: &s.Users, snapshot.Group: &s.Groups, snapshot.Role: &s.Roles, snapshot.Policy: &s.Policies, snapshot.AccessKey: &s.Keys,
	}[k]
}

// countShared is the same for the organization and Identity Center.
func (s *Size) countShared(k snapshot.Kind) *int {
	return map[snapshot.Kind]*int{
		snapshot.OrgPolicy: &s.OrgPolicies, snapshot.SSOUser: &s.SSOUsers, snapshot.SSOGroup: &s.SSOGroups, snapshot.PermissionSet: &s.Sets,
		snapshot.AccountRole: &s.Provisioned,
	}[k]
}

// countOrgPolicies lists the organization's policies, as far as that is allowed.
func countOrgPolicies(ctx readContext) (n int) {
	for _, kind := range policyTypes {
		pages := organizations.NewListPoliciesPaginator(ctx.organizations(), &organizations.ListPoliciesInput{Filter: kind})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return n // the cell will say why
			}
			n += len(page.Policies)
		}
	}
	return n
}

// sizeOfCenter lists what Identity Center has, as far as that is allowed.
func (r *run) sizeOfCenter(ctx context.Context, seen *seen, size *Size) error {
	region, err := r.ssoRegion(ctx)
	if err != nil {
		return err
	}
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: r.home.Account, Region: region})
	if err != nil {
		return err
	}
	place := r.place(ctx, session, region, seen)
	counted := map[snapshot.Facet]*int{
		ssoInstances: new(int), ssoUsers: &size.SSOUsers, ssoGroups: &size.SSOGroups, ssoSets: &size.Sets, ssoProvisioned: &size.Provisioned,
	}
	for _, s := range ssoSources() {
		if n := counted[s.ways[0].facets[0]]; n != nil {
			r.try(place, s)
			*n = len(seen.of(s.ways[0].facets[0]).Parts)
		}
	}
	return ctx.Err()
}

// summary asks an account how large it is.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func (r *run) summary(ctx context.Context, account string) (Size, bool) {
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: account})
	if err != nil {
		return Size{}, false
	}
	out, err := awsapi.Client(session, iam.NewFromConfig).GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		return Size{}, false // its cells will say why
	}
	count := func(name string) int { return int(out.SummaryMap[name]) }
	s := Size{Users: count("Users"), Groups: count("Groups"), Roles: count("Roles"), Policies: count("Policies")}
	s.NewKeys = s.Users // at most one listing for each
	return s, true
}
