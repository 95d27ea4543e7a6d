package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// detailFacets are the facets that GetAccountAuthorizationDetails contains.
func detailFacets() []snapshot.Facet {
	return []snapshot.Facet{
		snapshot.IAMUsers, snapshot.IAMUserDetails, snapshot.IAMGroups, snapshot.IAMMemberships, snapshot.IAMRoles, snapshot.IAMRoleDetails,
		snapshot.IAMPolicies, snapshot.IAMPolicyDocuments, snapshot.IAMAttachments,
	}
}

// authorizationDetails reads all principals and policies of an account at once.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
func authorizationDetails(ctx collect.Context, o *collect.Output) error {
	d := newDetails(ctx.Account, o)
	d.self = ctx.Self
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(client(ctx), &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		d.page(page)
	}
	memberKeys(o)
	return nil
}

// details collects the results of the answers.
type details struct {
	account string
	self    collect.Self // who reads; empty for a file
	out     *collect.Output
	foreign string // the ARN of something of another account
}

func newDetails(account string, out *collect.Output) *details {
	for _, f := range detailFacets() {
		out.Batch(f)
	}
	return &details{account: account, out: out}
}

func (d *details) page(p *iam.GetAccountAuthorizationDetailsOutput) {
	for _, u := range p.UserDetailList {
		d.user(u)
	}
	for _, g := range p.GroupDetailList {
		d.group(g)
	}
	for _, r := range p.RoleDetailList {
		d.role(r)
	}
	for _, m := range p.Policies {
		d.policy(m)
	}
}

func (d *details) user(u types.UserDetail) {
	id := snapshot.User.ID(aws.ToString(u.Arn))
	d.own(id.Key)
	addUser(d.out.Batch(snapshot.IAMUsers), d.account, aws.ToString(u.Arn), aws.ToString(u.UserName), aws.ToString(u.UserId), aws.ToString(u.Path), u.CreateDate)
	d.out.Batch(snapshot.IAMUserDetails).Tell(id, d.account, snapshot.DetailBody{Tags: tags(u.Tags)})
	d.bounded(snapshot.IAMUserDetails, id, u.PermissionsBoundary)
	for _, name := range u.GroupList {
		// The group's path is not told here; names are unique in an account.
		d.out.Batch(snapshot.IAMMemberships).Link(id, snapshot.MemberOf, snapshot.Group.ID(name), nil)
	}
	d.attached(id, u.AttachedManagedPolicies)
	d.inline(id, u.UserPolicyList)
}

func (d *details) group(g types.GroupDetail) {
	id := snapshot.Group.ID(aws.ToString(g.Arn))
	addGroup(d.out.Batch(snapshot.IAMGroups), d.account, aws.ToString(g.Arn), aws.ToString(g.GroupName), aws.ToString(g.GroupId), aws.ToString(g.Path), g.CreateDate)
	d.attached(id, g.AttachedManagedPolicies)
	d.inline(id, g.GroupPolicyList)
}

func (d *details) role(r types.RoleDetail) {
	id := snapshot.Role.ID(aws.ToString(r.Arn))
	d.own(id.Key)
	addRole(d.out, d.account, types.Role{
		Arn: r.Arn, RoleName: r.RoleName, RoleId: r.RoleId, Path: r.Path, CreateDate: r.CreateDate, AssumeRolePolicyDocument: r.AssumeRolePolicyDocument,
	})
	d.out.Batch(snapshot.IAMRoleDetails).Tell(id, d.account, snapshot.DetailBody{Tags: tags(r.Tags), LastUsed: ownRole(d.self, id.Key, roleLastUsed(r.RoleLastUsed))})
	d.bounded(snapshot.IAMRoleDetails, id, r.PermissionsBoundary)
	d.attached(id, r.AttachedManagedPolicies)
	d.inline(id, r.RolePolicyList)
}

// own notes an ARN that is not of the account.
func (d *details) own(text string) {
	if accountOf(text) != d.account {
		d.foreign = text
	}
}

func roleLastUsed(u *types.RoleLastUsed) *snapshot.LastUsed {
	if u == nil || u.LastUsedDate == nil {
		return nil
	}
	return &snapshot.LastUsed{At: collect.UTC(u.LastUsedDate), Region: aws.ToString(u.Region)}
}

func (d *details) policy(m types.ManagedPolicyDetail) {
	p := types.Policy{Arn: m.Arn, PolicyName: m.PolicyName, Path: m.Path, DefaultVersionId: m.DefaultVersionId, UpdateDate: m.UpdateDate}
	for _, v := range m.PolicyVersionList {
		if v.IsDefaultVersion {
			p.DefaultVersionId = v.VersionId
			addDocument(d.out, snapshot.IAMPolicyDocuments, snapshot.Policy.ID(aws.ToString(m.Arn)), d.account, v.Document)
		}
	}
	addPolicy(d.out.Batch(snapshot.IAMPolicies), d.account, p)
}

func (d *details) bounded(f snapshot.Facet, id snapshot.ID, b *types.AttachedPermissionsBoundary) {
	if b == nil || b.PermissionsBoundaryArn == nil {
		return
	}
	d.out.Batch(f).Link(id, snapshot.Boundary, snapshot.Policy.ID(*b.PermissionsBoundaryArn), nil)
}

func (d *details) attached(id snapshot.ID, policies []types.AttachedPolicy) {
	for _, p := range policies {
		d.out.Batch(snapshot.IAMAttachments).Link(id, snapshot.Attached, snapshot.Policy.ID(aws.ToString(p.PolicyArn)), nil)
	}
}

func (d *details) inline(owner snapshot.ID, policies []types.PolicyDetail) {
	for _, p := range policies {
		id := snapshot.InlinePolicyID(owner.Key, aws.ToString(p.PolicyName))
		b := d.out.Batch(snapshot.IAMAttachments)
		doc, _, err := collect.Document(p.PolicyDocument)
		d.out.Doubt(snapshot.IAMAttachments, "the inline policy "+id.Key, err)
		b.Add(id, d.account, aws.ToString(p.PolicyName), snapshot.PolicyBody{Document: doc})
		b.Link(owner, snapshot.Attached, id, nil)
	}
}

func tags(list []types.Tag) snapshot.Tags {
	if len(list) == 0 {
		return nil
	}
	out := make(snapshot.Tags, len(list))
	for _, t := range list {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// memberKeys replaces the names of groups in memberships by ARNs. The fast call
// has only the names. Memberships of groups that are not listed are left out: such a
// group was deleted while the pages were read, or a file does not have it.
func memberKeys(o *collect.Output) {
	arns := map[string]string{}
	for _, p := range o.Batch(snapshot.IAMGroups).Parts {
		arns[p.Name] = p.Key
	}
	b := o.Batch(snapshot.IAMMemberships)
	listed := b.Edges[:0]
	for _, e := range b.Edges {
		if arn, ok := arns[e.To.Key]; ok {
			e.To.Key = arn
			listed = append(listed, e)
		}
	}
	b.Edges = listed
}
