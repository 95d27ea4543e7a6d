package identitycenter

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awssim"
)

// pair finds a group and a user.
func (i *Instance) pair(group *string, id types.MemberId) (*Group, *User, error) {
	g, err := i.group(group)
	if err != nil {
		return nil, nil, err
	}
	u, err := i.memberOf(id)
	return g, u, err
}

func createMembership(i *Instance, _ *awssim.Call, in *identitystore.CreateGroupMembershipInput) (*identitystore.CreateGroupMembershipOutput, error) {
	g, u, err := i.pair(in.GroupId, in.MemberId)
	if err != nil {
		return nil, err
	}
	m := i.join(g, u)
	if m == nil {
		return nil, awssim.Errorf("ConflictException", "Member and Group relationship already exists.").With("Reason", "UNIQUENESS_CONSTRAINT_VIOLATION")
	}
	return &identitystore.CreateGroupMembershipOutput{IdentityStoreId: &i.StoreID, MembershipId: &m.ID}, nil
}

// membership finds one or answers that there is none.
func (i *Instance) membership(id *string) (*Membership, error) {
	m := i.memberships[aws.ToString(id)]
	if m == nil {
		return nil, missing(types.ResourceTypeGroupMembership, aws.ToString(id))
	}
	return m, nil
}

func deleteMembership(i *Instance, _ *awssim.Call, in *identitystore.DeleteGroupMembershipInput) (*identitystore.DeleteGroupMembershipOutput, error) {
	m, err := i.membership(in.MembershipId)
	if err != nil {
		return nil, err
	}
	i.part(m)
	return &identitystore.DeleteGroupMembershipOutput{}, nil
}

func describeMembership(i *Instance, _ *awssim.Call, in *identitystore.DescribeGroupMembershipInput) (*identitystore.DescribeGroupMembershipOutput, error) {
	m, err := i.membership(in.MembershipId)
	if err != nil {
		return nil, err
	}
	return &identitystore.DescribeGroupMembershipOutput{
		IdentityStoreId: &i.StoreID, MembershipId: &m.ID, GroupId: &m.Group.ID, MemberId: asMember(m.User), CreatedAt: &m.Created, UpdatedAt: &m.Created,
	}, nil
}

func getMembershipID(i *Instance, _ *awssim.Call, in *identitystore.GetGroupMembershipIdInput) (*identitystore.GetGroupMembershipIdOutput, error) {
	g, u, err := i.pair(in.GroupId, in.MemberId)
	if err != nil {
		return nil, err
	}
	m := g.members[u.ID]
	if m == nil {
		return nil, missing(types.ResourceTypeGroupMembership, "")
	}
	return &identitystore.GetGroupMembershipIdOutput{IdentityStoreId: &i.StoreID, MembershipId: &m.ID}, nil
}

func isMemberInGroups(i *Instance, _ *awssim.Call, in *identitystore.IsMemberInGroupsInput) (*identitystore.IsMemberInGroupsOutput, error) {
	u, err := i.memberOf(in.MemberId)
	if err != nil {
		return nil, err
	}
	out := &identitystore.IsMemberInGroupsOutput{}
	for _, id := range in.GroupIds {
		g, err := i.group(&id)
		if err != nil {
			return nil, err
		}
		out.Results = append(out.Results, types.GroupMembershipExistenceResult{
			GroupId: &g.ID, MemberId: asMember(u), MembershipExists: g.members[u.ID] != nil,
		})
	}
	return out, nil
}

func listMemberships(i *Instance, _ *awssim.Call, in *identitystore.ListGroupMembershipsInput) (*identitystore.ListGroupMembershipsOutput, error) {
	g, err := i.group(in.GroupId)
	if err != nil {
		return nil, err
	}
	found, next, err := page(awssim.InOrder(g.members), func(m *Membership) string { return m.User.ID }, in.MaxResults, in.NextToken)
	return &identitystore.ListGroupMembershipsOutput{GroupMemberships: awssim.Each(found, i.asMembership), NextToken: next}, err
}

func listMembershipsForMember(i *Instance, _ *awssim.Call, in *identitystore.ListGroupMembershipsForMemberInput) (*identitystore.ListGroupMembershipsForMemberOutput, error) {
	u, err := i.memberOf(in.MemberId)
	if err != nil {
		return nil, err
	}
	found, next, err := page(awssim.InOrder(u.groups), func(m *Membership) string { return m.Group.ID }, in.MaxResults, in.NextToken)
	return &identitystore.ListGroupMembershipsForMemberOutput{GroupMemberships: awssim.Each(found, i.asMembership), NextToken: next}, err
}

func (i *Instance) asMembership(m *Membership) types.GroupMembership {
	return types.GroupMembership{
		IdentityStoreId: &i.StoreID, MembershipId: &m.ID, GroupId: &m.Group.ID, MemberId: asMember(m.User), CreatedAt: &m.Created, UpdatedAt: &m.Created,
	}
}

func asMember(u *User) types.MemberId { return &types.MemberIdMemberUserId{Value: u.ID} }
