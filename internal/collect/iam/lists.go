package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// listUsers follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
func listUsers(ctx collect.Context, o *collect.Output) error {
	pages := iam.NewListUsersPaginator(client(ctx), &iam.ListUsersInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	b := o.Batch(snapshot.IAMUsers)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			addUser(b, ctx.Account, aws.ToString(u.Arn), aws.ToString(u.UserName), aws.ToString(u.UserId), aws.ToString(u.Path), u.CreateDate)
		}
	}
	return nil
}

// listGroups follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html and
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
func listGroups(ctx collect.Context, o *collect.Output) error {
	pages := iam.NewListGroupsPaginator(client(ctx), &iam.ListGroupsInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	b := o.Batch(snapshot.IAMGroups)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, g := range page.Groups {
			addGroup(b, ctx.Account, aws.ToString(g.Arn), aws.ToString(g.GroupName), aws.ToString(g.GroupId), aws.ToString(g.Path), g.CreateDate)
		}
	}
	o.Batch(snapshot.IAMMemberships)
	for _, g := range o.Batch(snapshot.IAMGroups).Parts {
		if err := readMembers(ctx, o.Batch(snapshot.IAMMemberships), g); err != nil && !collect.IsGone(err) {
			o.Fail(snapshot.IAMMemberships, err)
			return nil // the groups themselves were read
		}
	}
	return nil
}

func readMembers(ctx collect.Context, b *snapshot.Batch, group snapshot.Part) error {
	pages := iam.NewGetGroupPaginator(client(ctx), &iam.GetGroupInput{GroupName: aws.String(group.Name), MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			b.Link(snapshot.User.ID(aws.ToString(u.Arn)), snapshot.MemberOf, group.ID, nil)
		}
	}
	return nil
}

// listRoles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html, which
// brings the trust policies.
func listRoles(ctx collect.Context, o *collect.Output) error {
	pages := iam.NewListRolesPaginator(client(ctx), &iam.ListRolesInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	o.Batch(snapshot.IAMRoles)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, r := range page.Roles {
			addRole(o, ctx.Account, r)
		}
	}
	return nil
}

// listProfiles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
func listProfiles(ctx collect.Context, o *collect.Output) error {
	pages := iam.NewListInstanceProfilesPaginator(client(ctx), &iam.ListInstanceProfilesInput{MaxItems: aws.Int32(int32(pageSize(ctx.Options)))})
	b := o.Batch(snapshot.IAMProfiles)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, p := range page.InstanceProfiles {
			id := snapshot.InstanceProfile.ID(aws.ToString(p.Arn))
			b.Add(id, ctx.Account, aws.ToString(p.InstanceProfileName), snapshot.InstanceProfileBody{
				ID: aws.ToString(p.InstanceProfileId), Path: aws.ToString(p.Path), Created: collect.UTC(p.CreateDate),
			})
			for _, r := range p.Roles {
				b.Link(id, snapshot.Holds, snapshot.Role.ID(aws.ToString(r.Arn)), nil)
			}
		}
	}
	return nil
}

// listSAML follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
func listSAML(ctx collect.Context, o *collect.Output) error {
	out, err := client(ctx).ListSAMLProviders(ctx, &iam.ListSAMLProvidersInput{})
	if err != nil {
		return err
	}
	for b, list := o.Batch(snapshot.IAMSAMLProviders), out.SAMLProviderList; len(list) > 0; list = list[1:] {
		p := list[0]
		arn := aws.ToString(p.Arn)
		b.Add(snapshot.SAMLProvider.ID(arn), ctx.Account, providerOf(arn), snapshot.ProviderBody{
			Created: collect.UTC(p.CreateDate), Expires: collect.UTC(p.ValidUntil),
		})
	}
	return nil
}

// listOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
func listOIDC(ctx collect.Context, o *collect.Output) error {
	out, err := client(ctx).ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return err
	}
	b := o.Batch(snapshot.IAMOIDCProviders)
	for _, p := range out.OpenIDConnectProviderList {
		arn := aws.ToString(p.Arn)
		b.Add(snapshot.OIDCProvider.ID(arn), ctx.Account, providerOf(arn), nil)
	}
	return nil
}

// readOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
func readOIDC(ctx collect.Context, o *collect.Output) error {
	return ctx.ForEach(ctx.Batch(snapshot.IAMOIDCProviders).Parts, func(inner collect.Context, p snapshot.Part, add func(func(*snapshot.Batch))) error {
		out, err := client(inner).GetOpenIDConnectProvider(inner, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &p.Key})
		if err != nil {
			return err
		}
		add(func(b *snapshot.Batch) {
			b.Tell(p.ID, ctx.Account, snapshot.ProviderBody{URL: aws.ToString(out.Url), Audiences: out.ClientIDList, Created: collect.UTC(out.CreateDate)})
		})
		return nil
	}, o.Batch(snapshot.IAMOIDCProviderDetails))
}
