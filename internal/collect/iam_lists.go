package collect

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// listUsers follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
func listUsers(ctx readContext, y *yield) error {
	pages := iam.NewListUsersPaginator(ctx.iam(), &iam.ListUsersInput{MaxItems: aws.Int32(detailsPage)})
	b := y.of(iamUsers)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			addUser(b, ctx.account, aws.ToString(u.Arn), aws.ToString(u.UserName), aws.ToString(u.UserId), aws.ToString(u.Path), u.CreateDate)
		}
	}
	return nil
}

// listGroups follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html and
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
func listGroups(ctx readContext, y *yield) error {
	pages := iam.NewListGroupsPaginator(ctx.iam(), &iam.ListGroupsInput{MaxItems: aws.Int32(detailsPage)})
	b := y.of(iamGroups)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, g := range page.Groups {
			addGroup(b, ctx.account, aws.ToString(g.Arn), aws.ToString(g.GroupName), aws.ToString(g.GroupId), aws.ToString(g.Path), g.CreateDate)
		}
	}
	y.of(iamMembers)
	for _, g := range y.of(iamGroups).Parts {
		if err := readMembers(ctx, y.of(iamMembers), g); err != nil && !isGone(err) {
			y.errs[iamMembers] = err
			return nil // the groups themselves were read
		}
	}
	return nil
}

func readMembers(ctx readContext, b *snapshot.Batch, group snapshot.Part) error {
	pages := iam.NewGetGroupPaginator(ctx.iam(), &iam.GetGroupInput{GroupName: aws.String(group.Name), MaxItems: aws.Int32(detailsPage)})
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			b.Link(snapshot.ID{Kind: snapshot.User, Key: aws.ToString(u.Arn)}, snapshot.MemberOf, group.ID, nil)
		}
	}
	return nil
}

// listRoles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html, which
// brings the trust policies.
func listRoles(ctx readContext, y *yield) error {
	pages := iam.NewListRolesPaginator(ctx.iam(), &iam.ListRolesInput{MaxItems: aws.Int32(detailsPage)})
	b := y.of(iamRoles)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, r := range page.Roles {
			if err := addRole(b, ctx.account, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// listPolicies reads the account's own managed policies, and of AWS's those that
// somebody has or is bounded by. It follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
func listPolicies(ctx readContext, y *yield) error {
	b := y.of(iamPolicies)
	for _, in := range []iam.ListPoliciesInput{
		{Scope: types.PolicyScopeTypeLocal},
		{Scope: types.PolicyScopeTypeAws, OnlyAttached: true},
		{Scope: types.PolicyScopeTypeAws, PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary},
	} {
		in.MaxItems = aws.Int32(detailsPage)
		pages := iam.NewListPoliciesPaginator(ctx.iam(), &in)
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, p := range page.Policies {
				if err := readPolicy(ctx, b, ctx.account, aws.ToString(p.Arn)); err != nil && !isGone(err) {
					return err
				}
			}
		}
	}
	return nil
}

// listProfiles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
func listProfiles(ctx readContext, y *yield) error {
	pages := iam.NewListInstanceProfilesPaginator(ctx.iam(), &iam.ListInstanceProfilesInput{MaxItems: aws.Int32(detailsPage)})
	b := y.of(iamProfiles)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, p := range page.InstanceProfiles {
			id := snapshot.ID{Kind: snapshot.InstanceProfile, Key: aws.ToString(p.Arn)}
			b.Add(id, ctx.account, aws.ToString(p.InstanceProfileName), snapshot.InstanceProfileBody{
				ID: aws.ToString(p.InstanceProfileId), Path: aws.ToString(p.Path), Created: utc(p.CreateDate),
			})
			for _, r := range p.Roles {
				b.Link(id, snapshot.Holds, snapshot.ID{Kind: snapshot.Role, Key: aws.ToString(r.Arn)}, nil)
			}
		}
	}
	return nil
}

// listSAML follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
func listSAML(ctx readContext, y *yield) error {
	out, err := ctx.iam().ListSAMLProviders(ctx, &iam.ListSAMLProvidersInput{})
	if err != nil {
		return err
	}
	for b, list := y.of(iamSAML), out.SAMLProviderList; len(list) > 0; list = list[1:] {
		p := list[0]
		arn := aws.ToString(p.Arn)
		b.Add(snapshot.ID{Kind: snapshot.SAMLProvider, Key: arn}, ctx.account, afterSlash(arn), snapshot.ProviderBody{
			Created: utc(p.CreateDate), Expires: utc(p.ValidUntil),
		})
	}
	return nil
}

// listOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
func listOIDC(ctx readContext, y *yield) error {
	out, err := ctx.iam().ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return err
	}
	b := y.of(iamOIDC)
	for _, entry := range out.OpenIDConnectProviderList {
		p, err := ctx.iam().GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: entry.Arn})
		if isGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		arn := aws.ToString(entry.Arn)
		b.Add(snapshot.ID{Kind: snapshot.OIDCProvider, Key: arn}, ctx.account, afterSlash(arn), snapshot.ProviderBody{
			URL: aws.ToString(p.Url), Audiences: p.ClientIDList, Created: utc(p.CreateDate),
		})
	}
	return nil
}
