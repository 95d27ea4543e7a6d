package identitycenter

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awssim"
)

func createGroup(i *Instance, _ *awssim.Call, in *identitystore.CreateGroupInput) (*identitystore.CreateGroupOutput, error) {
	g := &Group{DisplayName: aws.ToString(in.DisplayName), Description: aws.ToString(in.Description)}
	if err := i.addGroup(g); err != nil {
		return nil, err
	}
	return &identitystore.CreateGroupOutput{IdentityStoreId: &i.StoreID, GroupId: &g.ID}, nil
}

func deleteGroup(i *Instance, _ *awssim.Call, in *identitystore.DeleteGroupInput) (*identitystore.DeleteGroupOutput, error) {
	g, err := i.group(in.GroupId)
	if err != nil {
		return nil, err
	}
	i.dropGroup(g)
	return &identitystore.DeleteGroupOutput{}, nil
}

func describeGroup(i *Instance, _ *awssim.Call, in *identitystore.DescribeGroupInput) (*identitystore.DescribeGroupOutput, error) {
	g, err := i.group(in.GroupId)
	if err != nil {
		return nil, err
	}
	return &identitystore.DescribeGroupOutput{
		IdentityStoreId: &i.StoreID, GroupId: &g.ID, DisplayName: aws.String(g.DisplayName), Description: awssim.Optional(g.Description),
		ExternalIds: asExternal(g.ExternalIDs), CreatedAt: aws.Time(g.Created), UpdatedAt: aws.Time(g.Updated),
	}, nil
}

func listGroups(i *Instance, _ *awssim.Call, in *identitystore.ListGroupsInput) (*identitystore.ListGroupsOutput, error) {
	wanted, err := filtered(in.Filters, "displayName") //nolint:staticcheck // deprecated, and what clients still send
	if err != nil {
		return nil, err
	}
	groups := awssim.Only(awssim.InOrder(i.groups), func(g *Group) bool { return wanted(g.DisplayName) })
	groups, next, err := page(groups, func(g *Group) string { return g.ID }, in.MaxResults, in.NextToken)
	return &identitystore.ListGroupsOutput{NextToken: next, Groups: awssim.Each(groups, func(g *Group) types.Group {
		return types.Group{
			IdentityStoreId: &i.StoreID, GroupId: &g.ID, DisplayName: aws.String(g.DisplayName), Description: awssim.Optional(g.Description),
			ExternalIds: asExternal(g.ExternalIDs), CreatedAt: aws.Time(g.Created), UpdatedAt: aws.Time(g.Updated),
		}
	})}, err
}

func getGroupID(i *Instance, _ *awssim.Call, in *identitystore.GetGroupIdInput) (*identitystore.GetGroupIdOutput, error) {
	id, err := i.holder("group", in.AlternateIdentifier, map[string]string{"displayName": "group"})
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, missing(types.ResourceTypeGroup, "")
	}
	return &identitystore.GetGroupIdOutput{IdentityStoreId: &i.StoreID, GroupId: &id}, nil
}

func updateGroup(i *Instance, _ *awssim.Call, in *identitystore.UpdateGroupInput) (*identitystore.UpdateGroupOutput, error) {
	g, err := i.group(in.GroupId)
	if err != nil {
		return nil, err
	}
	to := *g
	for _, op := range in.Operations {
		var value string
		if read(op.AttributeValue, &value) != nil {
			return nil, invalid("The value of %s is not a string.", *op.AttributePath)
		}
		switch lowerFirst(*op.AttributePath) {
		case "displayName":
			to.DisplayName = value
		case "description":
			to.Description = value
		default:
			return nil, invalid("A group has no attribute %s.", *op.AttributePath)
		}
	}
	if err := i.changeGroup(g, to); err != nil {
		return nil, err
	}
	return &identitystore.UpdateGroupOutput{IdentityStoreId: &i.StoreID, GroupId: &g.ID}, nil
}
