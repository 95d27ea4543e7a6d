package collect

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// detailsPage is how many entities one answer is asked to hold.
const detailsPage = 1000

// authorizationDetails reads all principals and policies of an account at once.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
func authorizationDetails(ctx readContext, y *yield) error {
	for _, f := range []snapshot.Facet{iamUsers, iamUserDetails, iamGroups, iamMembers, iamRoles, iamRoleDetails, iamPolicies, iamAttachments} {
		y.of(f)
	}
	d := newDetails(ctx.account, y)
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(ctx.iam(), &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(detailsPage)})
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		if err := d.page(page); err != nil {
			return err
		}
	}
	return d.boundaries(ctx)
}

// details is what the answers are turned into.
type details struct {
	account string
	y       *yield
	bounds  map[string]bool // ARNs of boundaries; true where the policy was read
	foreign string          // the ARN of something of another account
}

func newDetails(account string, y *yield) *details {
	return &details{account: account, y: y, bounds: map[string]bool{}}
}

func (d *details) page(p *iam.GetAccountAuthorizationDetailsOutput) error {
	for _, u := range p.UserDetailList {
		if err := d.user(u); err != nil {
			return err
		}
	}
	for _, g := range p.GroupDetailList {
		if err := d.group(g); err != nil {
			return err
		}
	}
	for _, r := range p.RoleDetailList {
		if err := d.role(r); err != nil {
			return err
		}
	}
	for _, m := range p.Policies {
		if err := d.policy(m); err != nil {
			return err
		}
	}
	return nil
}

func (d *details) user(u types.UserDetail) error {
	id := snapshot.ID{Kind: snapshot.User, Key: aws.ToString(u.Arn)}
	d.own(id.Key)
	addUser(d.y.of(iamUsers), d.account, aws.ToString(u.Arn), aws.ToString(u.UserName), aws.ToString(u.UserId), aws.ToString(u.Path), u.CreateDate)
	d.y.of(iamUserDetails).Tell(id, d.account, snapshot.DetailBody{Tags: tags(u.Tags)})
	d.bounded(iamUserDetails, id, u.PermissionsBoundary)
	for _, name := range u.GroupList {
		// The group's path is not told here; names are unique in an account.
		d.y.of(iamMembers).Link(id, snapshot.MemberOf, snapshot.ID{Kind: snapshot.Group, Key: name}, nil)
	}
	d.attached(id, u.AttachedManagedPolicies)
	return d.inline(id, u.UserPolicyList)
}

func (d *details) group(g types.GroupDetail) error {
	id := snapshot.ID{Kind: snapshot.Group, Key: aws.ToString(g.Arn)}
	addGroup(d.y.of(iamGroups), d.account, aws.ToString(g.Arn), aws.ToString(g.GroupName), aws.ToString(g.GroupId), aws.ToString(g.Path), g.CreateDate)
	d.attached(id, g.AttachedManagedPolicies)
	return d.inline(id, g.GroupPolicyList)
}

func (d *details) role(r types.RoleDetail) error {
	id := snapshot.ID{Kind: snapshot.Role, Key: aws.ToString(r.Arn)}
	d.own(id.Key)
	err := addRole(d.y.of(iamRoles), d.account, types.Role{
		Arn: r.Arn, RoleName: r.RoleName, RoleId: r.RoleId, Path: r.Path, CreateDate: r.CreateDate, AssumeRolePolicyDocument: r.AssumeRolePolicyDocument,
	})
	if err != nil {
		return err
	}
	d.y.of(iamRoleDetails).Tell(id, d.account, snapshot.DetailBody{Tags: tags(r.Tags), LastUsed: roleLastUsed(r.RoleLastUsed)})
	d.bounded(iamRoleDetails, id, r.PermissionsBoundary)
	d.attached(id, r.AttachedManagedPolicies)
	return d.inline(id, r.RolePolicyList)
}

// own notes an ARN that is not of the account.
func (d *details) own(arn string) {
	if !strings.Contains(arn, "::"+d.account+":") {
		d.foreign = arn
	}
}

func roleLastUsed(u *types.RoleLastUsed) *snapshot.LastUsed {
	if u == nil || u.LastUsedDate == nil {
		return nil
	}
	return &snapshot.LastUsed{At: utc(u.LastUsedDate), Region: aws.ToString(u.Region)}
}

func (d *details) policy(m types.ManagedPolicyDetail) error {
	for _, v := range m.PolicyVersionList {
		if v.IsDefaultVersion {
			d.bounds[aws.ToString(m.Arn)] = true
			return addPolicy(d.y.of(iamPolicies), d.account, m, v)
		}
	}
	return addPolicy(d.y.of(iamPolicies), d.account, m, types.PolicyVersion{VersionId: m.DefaultVersionId})
}

func (d *details) bounded(f snapshot.Facet, id snapshot.ID, b *types.AttachedPermissionsBoundary) {
	if b == nil || b.PermissionsBoundaryArn == nil {
		return
	}
	arn := *b.PermissionsBoundaryArn
	if !d.bounds[arn] {
		d.bounds[arn] = false // to be read, unless a page brings it
	}
	d.y.of(f).Link(id, snapshot.Boundary, snapshot.ID{Kind: snapshot.Policy, Key: arn}, nil)
}

func (d *details) attached(id snapshot.ID, policies []types.AttachedPolicy) {
	for _, p := range policies {
		d.y.of(iamAttachments).Link(id, snapshot.Attached, snapshot.ID{Kind: snapshot.Policy, Key: aws.ToString(p.PolicyArn)}, nil)
	}
}

func (d *details) inline(owner snapshot.ID, policies []types.PolicyDetail) error {
	for _, p := range policies {
		doc, err := document(p.PolicyDocument)
		if err != nil {
			return err
		}
		id := snapshot.ID{Kind: snapshot.InlinePolicy, Key: owner.Key + "#" + aws.ToString(p.PolicyName)}
		b := d.y.of(iamAttachments)
		b.Add(id, d.account, aws.ToString(p.PolicyName), snapshot.PolicyBody{Document: doc})
		b.Link(owner, snapshot.Attached, id, nil)
	}
	return nil
}

// boundaries reads the policies that serve as boundaries alone, which the fast
// call leaves out.
func (d *details) boundaries(ctx readContext) error {
	for arn, read := range d.bounds {
		if read {
			continue
		}
		if err := readPolicy(ctx, d.y.of(iamPolicies), d.account, arn); err != nil {
			d.y.errs[iamPolicies] = err
			return nil
		}
	}
	return nil
}

// readPolicy reads a managed policy with the version in force.
func readPolicy(ctx readContext, b *snapshot.Batch, account, arn string) error {
	got, err := ctx.iam().GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return err
	}
	version, err := ctx.iam().GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: got.Policy.DefaultVersionId})
	if err != nil {
		return err
	}
	p := got.Policy
	return addPolicy(b, account, types.ManagedPolicyDetail{Arn: p.Arn, PolicyName: p.PolicyName, Path: p.Path, UpdateDate: p.UpdateDate}, *version.PolicyVersion)
}

// document decodes a policy document as IAM answers it.
func document(text *string) (json.RawMessage, error) {
	if text == nil {
		return nil, nil
	}
	plain := *text
	if !strings.HasPrefix(strings.TrimSpace(plain), "{") {
		decoded, err := url.PathUnescape(plain)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a policy document is not encoded as IAM's are")
		}
		plain = decoded
	}
	if !json.Valid([]byte(plain)) {
		return nil, fault.New(fault.Internal, "a policy document that IAM gave is no JSON")
	}
	return json.RawMessage(plain), nil
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

// memberKeys gives memberships the ARNs of their groups, of which the fast call
// tells the names only.
func memberKeys(y *yield) {
	arns := map[string]string{}
	for _, p := range y.of(iamGroups).Parts {
		arns[p.Name] = p.Key
	}
	edges := y.of(iamMembers).Edges
	for i, e := range edges {
		if arn, ok := arns[e.To.Key]; ok {
			edges[i].To.Key = arn
		}
	}
}
