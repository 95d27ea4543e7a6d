// Package identitycenter is the simulator's IAM Identity Center: instances
// with permission sets, assignments, applications and trusted token issuers
// (sso-admin), the users and groups beneath (identitystore), and the SCIM
// endpoint through which a directory keeps them up to date.
//
// What is assigned is provisioned: a role AWSReservedSSO_... stands in the
// account from then on. A test or a generator makes an instance by Enable and
// fills it by the methods of Instance; IDs are drawn from a seed.
package identitycenter

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/sso"
)

// registry holds a World's instances. Its lock is that of all they hold.
type registry struct {
	mu        sync.Mutex
	world     *awssim.World
	instances []*Instance
}

// Start implements [awssim.Starter].
func (r *registry) Start(w *awssim.World, _, _ string) { r.world = w }

func registryOf(w *awssim.World) *registry { return awssim.StateOf[registry](w, "", "") }

// Instance is an organization's instance of Identity Center with its identity
// store. Its methods may be called beside clients.
type Instance struct {
	ID, ARN, StoreID, Region string
	// Tenant is the first part of the path of the SCIM endpoint.
	Tenant string
	Owner  *awssim.Account

	reg     *registry
	mint    mint
	name    string
	created time.Time
	tags    map[string]string

	users       map[string]*User
	groups      map[string]*Group
	memberships map[string]*Membership
	claims      map[string]string // who has a unique attribute's value
	tokens      map[string]time.Time

	sets         map[string]*PermissionSet // by ARN
	operations   map[string]*operation
	pending      []*operation
	trusted      map[string]bool // accounts with the instance's SAML provider
	applications map[string]*application
	made         map[request]string // ARNs of what requests with a client token created
	issuers      map[string]*issuer
}

// Enable makes an instance in a region. Its owner is the account that manages an
// organization, one that is in none, or a member account that has it for itself, without
// permission sets. An account has at most one.
func Enable(w *awssim.World, owner *awssim.Account, region string, seed uint64) (*Instance, error) {
	r := registryOf(w)
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.instances, func(i *Instance) bool { return i.Owner == owner }) {
		return nil, fmt.Errorf("identitycenter: account %s has an instance already", owner.ID)
	}
	m := newMint(seed)
	i := &Instance{
		ID: "ssoins-" + m.hex(16), StoreID: "d-" + m.hex(10), Tenant: m.hex(8) + "-" + m.uuid(), Region: region, Owner: owner,
		reg: r, mint: m, created: w.Clock.Now(), tags: make(map[string]string),
		users: make(map[string]*User), groups: make(map[string]*Group), memberships: make(map[string]*Membership),
		claims: make(map[string]string), tokens: make(map[string]time.Time), sets: make(map[string]*PermissionSet),
		operations: make(map[string]*operation), trusted: make(map[string]bool), applications: make(map[string]*application), issuers: make(map[string]*issuer),
	}
	i.ARN = "arn:" + owner.Partition + ":sso:::instance/" + i.ID
	r.instances = append(r.instances, i)
	sso.AddDirectory(w, i.person)
	return i, nil
}

// standing is what an account may do with an instance.
type standing int

const (
	outsider standing = iota
	member            // of the organization: sees the instance and may read the identity store
	delegate          // administers Identity Center for the organization
	owner
)

func (i *Instance) standing(a *awssim.Account) standing {
	if a == i.Owner {
		return owner
	}
	o := organizations.Of(i.Owner, i.reg.world)
	switch {
	case o == nil || o.Member(a.ID) == nil:
		return outsider
	case o.IsDelegate(a.ID, "sso.amazonaws.com"):
		return delegate
	}
	return member
}

// ofMember reports whether a member account of an organization has the instance for
// itself.
func (i *Instance) ofMember() bool {
	o := organizations.Of(i.Owner, i.reg.world)
	return o != nil && o.Management.ID != i.Owner.ID
}

// reaches reports whether an account can be given access to by the instance: it
// is the owner, or an active member of its organization.
func (i *Instance) reaches(account string) bool {
	o := organizations.Of(i.Owner, i.reg.world)
	if o == nil {
		return account == i.Owner.ID
	}
	n := o.Member(account)
	return n != nil && n.Active()
}

// find gives the instance that a test holds for, if it is in the call's region.
func (r *registry) find(c *awssim.Call, is func(*Instance) bool) *Instance {
	at := slices.IndexFunc(r.instances, func(i *Instance) bool { return i.Region == c.Region && is(i) })
	if at < 0 {
		return nil
	}
	return r.instances[at]
}

// settle does what was to be done by now, in the order in which it fell due.
func (i *Instance) settle(now time.Time) {
	i.pending = awssim.Only(i.pending, func(op *operation) bool {
		if now.Before(op.due) {
			return true
		}
		i.carryOut(op)
		return false
	})
}

var instanceForm = regexp.MustCompile(`ssoins-[0-9a-f]{16}`)

func denied() error {
	return awssim.Errorf("AccessDeniedException", "You do not have sufficient access to perform this action.")
}

func notFound(format string, args ...any) error {
	return awssim.Errorf("ResourceNotFoundException", format, args...)
}

func invalid(format string, args ...any) error {
	return awssim.Errorf("ValidationException", format, args...)
}

// maxPage is the longest page of every listing, and the one that is given
// where the caller asks for none.
const maxPage = 100

// page cuts a page off a list that is sorted by key.
func page[T any](sorted []T, key func(T) string, size *int32, token *string) ([]T, *string, error) {
	n := maxPage
	if size != nil {
		n = int(*size)
	}
	if n < 1 || n > maxPage {
		return nil, nil, invalid("1 validation error detected: Value '%d' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and %d", n, maxPage)
	}
	items, next, ok := awssim.Page(sorted, key, n, token)
	if !ok {
		return nil, nil, invalid("The pagination token is not valid.")
	}
	return items, next, nil
}
