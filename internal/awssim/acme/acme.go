// Package acme fills a simulated AWS with organizations: Acme, a company of
// twelve accounts with the history that such companies have, and organizations
// of any size for measurements. The same seed makes the same organization; only
// what the simulator's IAM makes up for itself, such as key IDs, differs.
package acme

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
)

// Where Acme is at home, and accounts of its that are worth knowing.
const (
	Region   = "eu-west-1"
	Main     = "111122223333" // manages the organization
	Security = "222233334444" // administers Identity Center
	Sandbox  = "888899990000" // its root user has an access key
	Denied   = "999900001111" // lets nobody in from the main account
	Closed   = "121212121212"
)

// Company is an organization that was made.
type Company struct {
	Organization *organizations.Organization
	Center       *identitycenter.Instance
	// Operator is a key of an administrator in the management account.
	Operator *awssim.Credential
	// SCIMToken is a bearer token for Identity Center's SCIM endpoint.
	SCIMToken string
}

// memberRole is how the management account reaches the others.
const memberRole = "OrganizationAccountAccessRole"

// builder makes things and keeps the first error, after which it makes nothing.
type builder struct {
	world  *awssim.World
	random *rand.Rand
	now    time.Time
	org    *organizations.Organization
	center *identitycenter.Instance
	err    error
}

func newBuilder(w *awssim.World, seed uint64) *builder {
	return &builder{world: w, random: rand.New(rand.NewPCG(seed, 0xac3e)), now: w.Clock.Now()}
}

// keep notes an error.
func (b *builder) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// found makes the organization and its Identity Center.
func (b *builder) found(id, name, region string, seed uint64) {
	main := b.world.AddAccount(id, name)
	if b.org, b.err = organizations.New(b.world, main, "aws+root@acme.example", seed); b.err == nil {
		b.center, b.err = identitycenter.Enable(b.world, main, region, seed)
	}
}

// account makes a member account that the management account can reach.
func (b *builder) account(parent *organizations.Node, id, name string) *awssim.Account {
	a := b.world.AddAccount(id, name)
	_, err := parent.AddAccount(a, "aws+"+name+"@acme.example")
	b.keep(err)
	b.org.Member(id).Joined = b.now.Add(-b.past(900))
	b.role(a, "/", memberRole, trustAccount(b.org.Management.ID), "AdministratorAccess")
	return a
}

// role makes a role with AWS's policies of the names given.
func (b *builder) role(a *awssim.Account, path, name, trust string, policies ...string) *awssim.Role {
	r, err := a.AddRoleAt(path, name, trust)
	if err != nil {
		b.keep(fmt.Errorf("acme: role %s: %w", name, err))
		return &awssim.Role{}
	}
	r.Created = b.now.Add(-b.past(800))
	for _, p := range policies {
		r.Attach(b.policy(a, p))
	}
	return r
}

// policy gives one of AWS's policies.
func (b *builder) policy(a *awssim.Account, name string) *awssim.ManagedPolicy {
	m, err := a.AWSManaged(name)
	b.keep(err)
	return m
}

// user makes an IAM user of some age with one of AWS's policies.
func (b *builder) user(a *awssim.Account, name string, age time.Duration, policy string) *awssim.User {
	u := a.AddUser(name)
	u.Created = b.now.Add(-age)
	u.Attach(b.policy(a, policy))
	return u
}

// key makes an access key of some age, last used so long ago; never, where
// that is zero.
func (b *builder) key(u *awssim.User, age, used time.Duration) *awssim.Credential {
	k := u.NewKey()
	use := awssim.KeyUse{}
	if used > 0 {
		use = awssim.KeyUse{At: b.now.Add(-used), Region: Region, Service: []string{"s3", "ec2", "sts", "lambda"}[b.random.IntN(4)]}
	}
	k.Age(b.now.Add(-age), use)
	return k
}

const day = 24 * time.Hour

// ago is a time of up to so many days, of whole seconds; past is one of 400
// days more, which is before everything that is used.
func (b *builder) ago(days int) time.Duration {
	return time.Duration(1+b.random.IntN(days*24*3600)) * time.Second
}

func (b *builder) past(days int) time.Duration { return 400*day + b.ago(days) }

func trustAccount(id string) string {
	return trust("AWS", "arn:aws:iam::"+id+":root", "sts:AssumeRole", "")
}

func trustService(name string) string {
	return trust("Service", name+".amazonaws.com", "sts:AssumeRole", "")
}

// trust is a trust policy with one statement; condition is JSON or empty.
func trust(kind, who, action, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"` + kind + `":"` + who + `"},"Action":"` + action + `"` + condition + `}]}`
}

const serviceControl = types.PolicyTypeServiceControlPolicy
