package sso

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readUsers follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListUsers.html
func readUsers(ctx collect.Context, o *collect.Output) error {
	var scim string // the identity store of whose users SCIM tells the status
	if ctx.Session.HasSCIM() {
		if i, err := scimInstance(ctx); err == nil { // the cell of SCIM has the error
			scim = i.store
		}
	}
	return eachOf(ctx, o, snapshot.SSOUsers, func(i instance, b *snapshot.Batch) error {
		pages := identitystore.NewListUsersPaginator(identities(ctx), &identitystore.ListUsersInput{IdentityStoreId: &i.store, MaxResults: aws.Int32(storePage)})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, u := range page.Users {
				body := userBody(u)
				if i.store == scim {
					body.Status = "" // SCIM provides it
				}
				b.Add(snapshot.SSOUserID(i.store, aws.ToString(u.UserId)), "", aws.ToString(u.UserName), body)
			}
		}
		return nil
	})
}

func userBody(u idtypes.User) snapshot.SSOUserBody {
	body := snapshot.SSOUserBody{
		UserName: aws.ToString(u.UserName), DisplayName: aws.ToString(u.DisplayName), Status: string(u.UserStatus), Title: aws.ToString(u.Title),
		ExternalIDs: externalIDs(u.ExternalIds),
	}
	for _, e := range u.Emails {
		body.Emails = append(body.Emails, aws.ToString(e.Value))
	}
	return body
}

func externalIDs(ids []idtypes.ExternalId) []string {
	var out []string
	for _, id := range ids {
		out = append(out, aws.ToString(id.Issuer)+"/"+aws.ToString(id.Id))
	}
	return out
}

// readGroups follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListGroups.html
func readGroups(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, snapshot.SSOGroups, func(i instance, b *snapshot.Batch) error {
		pages := identitystore.NewListGroupsPaginator(identities(ctx), &identitystore.ListGroupsInput{IdentityStoreId: &i.store, MaxResults: aws.Int32(storePage)})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, g := range page.Groups {
				b.Add(snapshot.SSOGroupID(i.store, aws.ToString(g.GroupId)), "", aws.ToString(g.DisplayName), snapshot.SSOGroupBody{
					Description: aws.ToString(g.Description), ExternalIDs: externalIDs(g.ExternalIds),
				})
			}
		}
		return nil
	})
}

// readMemberships follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListGroupMemberships.html
func readMemberships(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, snapshot.SSOMemberships, func(i instance, b *snapshot.Batch) error {
		groups, err := i.need(ctx, snapshot.SSOGroups)
		if err != nil {
			return err
		}
		return ctx.ForEach(groups, readMembers, b)
	})
}

func readMembers(ctx collect.Context, g snapshot.Part, add func(func(*snapshot.Batch))) error {
	store, id, _ := g.InIdentityStore()
	pages := identitystore.NewListGroupMembershipsPaginator(identities(ctx), &identitystore.ListGroupMembershipsInput{
		IdentityStoreId: &store, GroupId: &id, MaxResults: aws.Int32(storePage),
	})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, m := range page.GroupMemberships {
			member, ok := m.MemberId.(*idtypes.MemberIdMemberUserId)
			if !ok {
				return fault.New(fault.Internal, "a membership of the group %s has a member that is not a user", id)
			}
			add(func(b *snapshot.Batch) {
				b.Link(snapshot.SSOUserID(store, member.Value), snapshot.MemberOf, g.ID, nil)
			})
		}
	}
	return nil
}
