package acme

import (
	"context"
	"fmt"
	"iter"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
)

// Size says how large an organization is to be.
type Size struct {
	Accounts int // with the management account, at least 1
	// Users, Groups, Roles and Keys are IAM's in each account.
	Users, Groups, Roles, Keys int
	// People, Teams, PermissionSets and Assignments are Identity Center's.
	People, Teams, PermissionSets, Assignments int
	Seed                                       uint64
}

// unitSize is how many accounts are in a unit.
const unitSize = 25

// Generate makes an organization of a size. The things are spread evenly: keys
// over the users, users over the groups, people over the teams, assignments
// over teams, permission sets and accounts. It ends early, with the context's error, when
// the context is cancelled.
func Generate(ctx context.Context, w *awssim.World, size Size) (*Company, error) {
	b := newBuilder(w, size.Seed)
	id := b.accountID(0)
	b.found(id, "generated-main", Region, size.Seed)
	if b.err != nil {
		return nil, b.err
	}
	operator := b.user(b.org.Management.Account, "operator", 400*day, "AdministratorAccess")
	accounts := b.members(ctx, size.Accounts)
	for _, a := range accounts {
		b.fill(ctx, a, size)
		b.keep(ctx.Err())
		if b.err != nil {
			return nil, b.err
		}
	}
	b.identities(ctx, size, accounts)
	b.keep(ctx.Err())
	if b.err != nil {
		return nil, b.err
	}
	return &Company{
		Organization: b.org, Center: b.center, Operator: operator.NewKey(), SCIMToken: b.center.NewToken(365 * day),
	}, nil
}

// below are the numbers from 0 up to n, or to where the context is cancelled.
func below(ctx context.Context, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n && ctx.Err() == nil && yield(i); i++ {
		}
	}
}

// accountID is that of the nth account.
func (b *builder) accountID(n int) string { return fmt.Sprintf("%012d", 100_000_000_000+n*7_919) }

// members makes the accounts, in units of a few.
func (b *builder) members(ctx context.Context, n int) []*awssim.Account {
	accounts := []*awssim.Account{b.org.Management.Account}
	unit := b.org.Root
	for i := range below(ctx, n) {
		if i == 0 { // which manages
			continue
		}
		if b.err != nil {
			break
		}
		if i%unitSize == 1 {
			unit = b.org.Root.AddUnit(fmt.Sprintf("unit-%03d", i/unitSize))
		}
		accounts = append(accounts, b.account(unit, b.accountID(i), fmt.Sprintf("account-%05d", i)))
	}
	return accounts
}

// fill makes an account's IAM.
func (b *builder) fill(ctx context.Context, a *awssim.Account, size Size) {
	policies := []*awssim.ManagedPolicy{b.policy(a, "ReadOnlyAccess"), b.policy(a, "PowerUserAccess"), b.policy(a, "AmazonS3FullAccess")}
	groups := make([]*awssim.Group, size.Groups)
	for n := range below(ctx, size.Groups) {
		groups[n] = a.AddGroup(fmt.Sprintf("group-%04d", n))
		groups[n].Attach(policies[n%len(policies)])
	}
	users := make([]*awssim.User, size.Users)
	for n := range below(ctx, size.Users) {
		users[n] = a.AddUser(fmt.Sprintf("user-%05d", n))
		users[n].Created = b.now.Add(-b.past(1500) - 1100*day)
		users[n].Attach(policies[n%len(policies)])
		if len(groups) > 0 {
			groups[n%len(groups)].AddMember(users[n])
		}
	}
	for n := range below(ctx, size.Keys) {
		if len(users) == 0 {
			break
		}
		b.key(users[n%len(users)], b.past(1100), b.ago(400))
	}
	services := []string{"lambda", "ec2", "ecs-tasks", "states"}
	for n := range below(ctx, size.Roles) {
		r := b.role(a, "/", fmt.Sprintf("role-%05d", n), trustService(services[n%len(services)]))
		r.Attach(policies[n%len(policies)])
		r.LastUsed = awssim.KeyUse{At: b.now.Add(-b.ago(400)), Region: Region}
	}
}

// identities makes Identity Center's things.
func (b *builder) identities(ctx context.Context, size Size, accounts []*awssim.Account) {
	teams := make([]*identitycenter.Group, size.Teams)
	for n := range below(ctx, size.Teams) {
		teams[n] = b.team(fmt.Sprintf("team-%04d", n))
	}
	for n := range below(ctx, size.People) {
		u := b.person(n)
		if b.err != nil {
			return
		}
		if len(teams) > 0 {
			b.center.AddMember(teams[n%len(teams)], u)
			b.center.AddMember(teams[b.random.IntN(len(teams))], u)
		}
	}
	sets := make([]*identitycenter.PermissionSet, size.PermissionSets)
	names := []string{"ReadOnlyAccess", "PowerUserAccess", "AmazonS3FullAccess", "AdministratorAccess"}
	for n := range below(ctx, size.PermissionSets) {
		sets[n] = b.set(fmt.Sprintf("Set-%04d", n), names[n%len(names)])
	}
	if len(teams) == 0 || len(sets) == 0 {
		return
	}
	for n := range below(ctx, size.Assignments) {
		if b.err != nil {
			return
		}
		// Each step of n changes the account, each round of those the set.
		a, s := n%len(accounts), n/len(accounts)
		b.keep(b.center.Assign(sets[(a+s)%len(sets)], accounts[a].ID, teams[(a+s*31+s/len(sets))%len(teams)]))
	}
}
