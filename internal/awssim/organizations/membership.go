package organizations

import (
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// membership tells what an account's organization says of it. Neither service nor
// resource control policies limit the management account. See
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
// and https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func (r *registry) membership(account string) awssim.Membership {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.member[account]
	if o == nil {
		return awssim.Membership{}
	}
	n := o.account(account)
	m := awssim.Membership{Organization: o.ID, Management: o.Management.ID, Path: n.parent.path()}
	if n != o.Management {
		m.ServiceControl, m.ResourceControl = n.levels(types.PolicyTypeServiceControlPolicy), n.levels(types.PolicyTypeResourceControlPolicy)
	}
	return m
}

// levels returns the policies of a type that apply to an account, from the root down;
// nil where the type is not enabled.
func (n *Node) levels(t types.PolicyType) []reference.Level {
	if !n.org.enabled[t] {
		return nil
	}
	level := reference.Level{ID: n.ID}
	for _, p := range n.policiesOf(t) {
		level.Policies = append(level.Policies, reference.Named{Name: p.Name, Document: p.document()})
	}
	if n.parent == nil {
		return []reference.Level{level}
	}
	return append(n.parent.levels(t), level)
}

// document returns the parsed content of a service or resource control policy, which
// was checked when it was set.
func (p *Policy) document() *policy.Document {
	if p.parsed == nil {
		p.parsed, _ = policy.Parse([]byte(p.Content))
	}
	return p.parsed
}
