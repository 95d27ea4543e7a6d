// Package organizations is the simulator's AWS Organizations: accounts in
// nested units under one root, policies of every type and where they are
// attached, delegated administrators and services' access.
//
// A test or a generator makes an organization by New and the methods of
// Organization and Node; clients may as well make all of it by calls. IDs are
// drawn from a seed, so that the same steps make the same organization.
package organizations

import (
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// registry holds all organizations of a World, and what their accounts share.
type registry struct {
	mu     sync.Mutex
	world  *awssim.World
	member map[string]*Organization // by account
	emails map[string]string        // accounts by email: AWS has each once
}

// Start implements [awssim.Starter].
func (r *registry) Start(w *awssim.World, _, _ string) {
	r.world, r.member, r.emails = w, make(map[string]*Organization), make(map[string]string)
}

func registryOf(w *awssim.World) *registry { return awssim.StateOf[registry](w, "", "") }

// Organization is one organization. Its methods may be called beside clients.
type Organization struct {
	ID         string
	Management *Node
	Root       *Node

	reg        *registry
	mint       mint
	partition  string
	features   types.OrganizationFeatureSet
	nodes      map[string]*Node // by ID
	policies   map[string]*Policy
	enabled    map[types.PolicyType]bool
	services   map[string]time.Time            // trusted, since when
	delegates  map[string]map[string]time.Time // services by account, since when
	requests   map[string]*creation
	delegation *delegation // the resource policy
	closures   []time.Time // when accounts were closed, of the last 30 days
}

// Node is the root, a unit or an account: what policies are attached to.
type Node struct {
	ID, Name string
	Kind     types.TargetType
	Tags     map[string]string
	// Account and what follows are an account's.
	Account *awssim.Account
	Email   string
	Joined  time.Time
	Method  types.AccountJoinedMethod

	org      *Organization
	parent   *Node
	children map[string]*Node
	attached map[string]*Policy
	state    types.AccountState
	closing  time.Time // when a closed account is suspended
}

// Policy is a policy of any type.
type Policy struct {
	ID, Name, Description, Content string
	Type                           types.PolicyType
	Tags                           map[string]string
	// Managed is set for those that AWS gives.
	Managed bool

	targets map[string]*Node
	parsed  *policy.Document // of Content, once it was asked for
}

// Of finds the organization that an account is in; nil where it is in none.
func Of(a *awssim.Account, w *awssim.World) *Organization {
	r := registryOf(w)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.member[a.ID]
}

// IsDelegate reports whether an account administers a service, such as
// "sso.amazonaws.com", for the organization.
func (o *Organization) IsDelegate(account, service string) bool {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	_, ok := o.delegates[account][service]
	return ok
}

// Member finds an account of the organization; nil where it is none.
func (o *Organization) Member(account string) *Node {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	return o.account(account)
}

// Active reports whether the account has not been closed.
func (n *Node) Active() bool {
	n.org.reg.mu.Lock()
	defer n.org.reg.mu.Unlock()
	return n.state == types.AccountStateActive
}

// Parent is the unit or root above; nil for the root.
func (n *Node) Parent() *Node {
	n.org.reg.mu.Lock()
	defer n.org.reg.mu.Unlock()
	return n.parent
}

// account finds an account's node.
func (o *Organization) account(id string) *Node {
	if n := o.nodes[id]; n != nil && n.Kind == types.TargetTypeAccount {
		return n
	}
	return nil
}

// parent finds the root or a unit.
func (o *Organization) parent(id string) *Node {
	if n := o.nodes[id]; n != nil && n.Kind != types.TargetTypeAccount {
		return n
	}
	return nil
}

// settle does what was to be done by now: accounts come into being and are
// suspended.
func (o *Organization) settle(now time.Time) {
	due := awssim.Only(awssim.InOrder(o.requests), func(c *creation) bool { return c.state == types.CreateAccountStateInProgress && !now.Before(c.due) })
	slices.SortStableFunc(due, func(a, b *creation) int { return a.due.Compare(b.due) })
	for _, c := range due {
		o.finish(c)
	}
	for _, n := range o.nodes {
		if n.state == types.AccountStatePendingClosure && !now.Before(n.closing) {
			n.state = types.AccountStateClosed
		}
	}
}
