package organizations

import (
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// New makes an organization with all features, whose management account is
// not in one yet. Service control policies are enabled.
func New(w *awssim.World, management *awssim.Account, email string, seed uint64) (*Organization, error) {
	r := registryOf(w)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.member[management.ID] != nil {
		return nil, fmt.Errorf("organizations: account %s is in an organization already", management.ID)
	}
	o := r.found(management, email, types.OrganizationFeatureSetAll, newMint(seed))
	o.enable(types.PolicyTypeServiceControlPolicy)
	return o, nil
}

// found makes an organization. The registry is locked, as below.
func (r *registry) found(management *awssim.Account, email string, features types.OrganizationFeatureSet, m mint) *Organization {
	o := &Organization{
		ID: "o-" + m.text(10), reg: r, mint: m, partition: management.Partition, features: features,
		nodes: make(map[string]*Node), policies: managedPolicies(), enabled: make(map[types.PolicyType]bool),
		services: make(map[string]time.Time), delegates: make(map[string]map[string]time.Time),
		requests: make(map[string]*creation),
	}
	o.Root = o.add(nil, &Node{ID: "r-" + m.text(4), Name: "Root", Kind: types.TargetTypeRoot})
	o.Management = o.join(o.Root, management, email, types.AccountJoinedMethodInvited)
	return o
}

// add puts a node under a parent, with the policies that AWS attaches to all.
func (o *Organization) add(parent, n *Node) *Node {
	n.org, n.parent = o, parent
	n.children, n.attached = make(map[string]*Node), make(map[string]*Policy)
	if n.Tags == nil {
		n.Tags = make(map[string]string)
	}
	if parent != nil {
		parent.children[n.ID] = n
	}
	o.nodes[n.ID] = n
	for t := range o.enabled {
		o.attachDefault(t, n)
	}
	return n
}

// join makes an account a member.
func (o *Organization) join(parent *Node, a *awssim.Account, email string, how types.AccountJoinedMethod) *Node {
	o.reg.member[a.ID], o.reg.emails[email] = o, a.ID
	return o.add(parent, &Node{
		ID: a.ID, Name: a.Name, Kind: types.TargetTypeAccount, Account: a, Email: email,
		Joined: o.reg.world.Clock.Now(), Method: how, state: types.AccountStateActive,
	})
}

// AddUnit makes a unit under the root or a unit.
func (n *Node) AddUnit(name string) *Node {
	o := n.org
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	return o.add(n, &Node{ID: o.unitID(), Name: name, Kind: types.TargetTypeOrganizationalUnit})
}

func (o *Organization) unitID() string {
	return "ou-" + o.Root.ID[len("r-"):] + "-" + o.mint.text(8)
}

// AddAccount takes an account into a unit or the root, as if the organization
// had created it. It fails where the account is in an organization already or
// another has its email.
func (n *Node) AddAccount(a *awssim.Account, email string) (*Node, error) {
	o := n.org
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	switch {
	case o.reg.member[a.ID] != nil:
		return nil, fmt.Errorf("organizations: account %s is in an organization already", a.ID)
	case o.reg.emails[email] != "" && o.reg.emails[email] != a.ID:
		return nil, fmt.Errorf("organizations: another account has the email %s", email)
	}
	return o.join(n, a, email, types.AccountJoinedMethodCreated), nil
}

// Suspend closes an account at once.
func (n *Node) Suspend() {
	n.org.reg.mu.Lock()
	defer n.org.reg.mu.Unlock()
	n.state = types.AccountStateClosed
	n.Account.Close()
}

// BeginClosing has an account closed, which is pending until the clock has
// moved on by some minutes.
func (n *Node) BeginClosing() {
	n.org.reg.mu.Lock()
	defer n.org.reg.mu.Unlock()
	n.org.close(n)
}

// Tag adds tags to the root, a unit or an account.
func (n *Node) Tag(tags map[string]string) {
	n.org.reg.mu.Lock()
	defer n.org.reg.mu.Unlock()
	maps.Copy(n.Tags, tags)
}

// AddPolicy makes a policy, and enables its type.
func (o *Organization) AddPolicy(t types.PolicyType, name, description, content string) (*Policy, error) {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	if !o.enabled[t] {
		o.enable(t)
	}
	p, err := o.newPolicy(t, name, description, content)
	if err != nil {
		return nil, fmt.Errorf("organizations: policy %s: %w", name, err)
	}
	return p, nil
}

// Attach attaches a policy to nodes.
func (o *Organization) Attach(p *Policy, to ...*Node) {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	for _, n := range to {
		p.attach(n)
	}
}

// Delegate makes an account an administrator of a service, such as
// "sso.amazonaws.com", which is given access to the organization.
func (o *Organization) Delegate(account *Node, service string) {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	now := o.reg.world.Clock.Now()
	o.services[service] = now
	o.delegate(account.ID, service, now)
}

// Trust gives a service access to the organization.
func (o *Organization) Trust(service string) {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	o.services[service] = o.reg.world.Clock.Now()
}
