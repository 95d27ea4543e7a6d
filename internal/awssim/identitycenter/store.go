package identitycenter

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// Store is the Identity Store. See
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/
func Store(*awssim.World) *awssim.Service {
	return &awssim.Service{
		Model: "identitystore", Needs: storeNeeds,
		Handlers: map[string]awssim.Handler{
			"CreateUser":   storeOp(delegate, createUser),
			"DeleteUser":   storeOp(delegate, deleteUser),
			"DescribeUser": storeOp(member, describeUser),
			"GetUserId":    storeOp(member, getUserID),
			"ListUsers":    storeOp(member, listUsers),
			"UpdateUser":   storeOp(delegate, updateUser),

			"CreateGroup":   storeOp(delegate, createGroup),
			"DeleteGroup":   storeOp(delegate, deleteGroup),
			"DescribeGroup": storeOp(member, describeGroup),
			"GetGroupId":    storeOp(member, getGroupID),
			"ListGroups":    storeOp(member, listGroups),
			"UpdateGroup":   storeOp(delegate, updateGroup),

			"CreateGroupMembership":         storeOp(delegate, createMembership),
			"DeleteGroupMembership":         storeOp(delegate, deleteMembership),
			"DescribeGroupMembership":       storeOp(member, describeMembership),
			"GetGroupMembershipId":          storeOp(member, getMembershipID),
			"IsMemberInGroups":              storeOp(member, isMemberInGroups),
			"ListGroupMemberships":          storeOp(member, listMemberships),
			"ListGroupMembershipsForMember": storeOp(member, listMembershipsForMember),
		},
		Unions: []wire.Union{
			wire.UnionOf[types.AlternateIdentifier](&types.AlternateIdentifierMemberExternalId{}, &types.AlternateIdentifierMemberUniqueAttribute{}),
			wire.UnionOf[types.MemberId](&types.MemberIdMemberUserId{}),
			wire.DocumentOf(document.NewLazyDocument),
		},
	}
}

// storeNeeds wants the operation to be allowed on the store, and on the user or
// the group that the input names. See
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
func storeNeeds(c *awssim.Call, in any) (needs []awssim.Need) {
	arn := "arn:" + c.Partition() + ":identitystore:"
	want := func(resource string) {
		needs = append(needs, awssim.Need{Action: "identitystore:" + c.Operation, Resource: resource})
	}
	r := registryOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.find(c, func(i *Instance) bool { return i.StoreID == awssim.Member(in, "IdentityStoreId") }); i != nil {
		want(arn + ":" + i.Owner.ID + ":identitystore/" + i.StoreID)
	}
	for name, kind := range map[string]string{"UserId": "user", "GroupId": "group"} {
		if id := awssim.Member(in, name); id != "" {
			want(arn + "::" + kind + "/" + id)
		}
	}
	return needs
}

// storeOp makes a handler that finds the identity store, which the caller has
// to stand at least that close to, and holds it while f runs.
func storeOp[I, O any](least standing, f func(*Instance, *awssim.Call, *I) (*O, error)) awssim.Handler {
	return awssim.Op(func(c *awssim.Call, in *I) (*O, error) {
		r := registryOf(c.World)
		r.mu.Lock()
		defer r.mu.Unlock()
		id := awssim.Member(in, "IdentityStoreId")
		i := r.find(c, func(i *Instance) bool { return i.StoreID == id })
		if i == nil {
			return nil, missing(types.ResourceTypeIdentityStore, id)
		}
		if i.standing(c.Account) < least {
			return nil, denied()
		}
		return f(i, c, in)
	})
}

// missing is the answer where a thing of the identity store is not there.
func missing(kind types.ResourceType, id string) error {
	return awssim.Errorf("ResourceNotFoundException", "%s not found.", kind).With("ResourceType", string(kind)).With("ResourceId", id)
}

func (i *Instance) user(id *string) (*User, error) {
	u := i.users[aws.ToString(id)]
	if u == nil {
		return nil, missing(types.ResourceTypeUser, aws.ToString(id))
	}
	return u, nil
}

func (i *Instance) group(id *string) (*Group, error) {
	g := i.groups[aws.ToString(id)]
	if g == nil {
		return nil, missing(types.ResourceTypeGroup, aws.ToString(id))
	}
	return g, nil
}

// memberOf finds the user that a member's ID names.
func (i *Instance) memberOf(id types.MemberId) (*User, error) {
	m, ok := id.(*types.MemberIdMemberUserId)
	if !ok {
		return nil, invalid("MemberId must name a user.")
	}
	return i.user(&m.Value)
}

// holder finds who has what an alternate identifier names: an external ID, or
// the value of one of the unique attributes, which claims spell by their words.
func (i *Instance) holder(kind string, by types.AlternateIdentifier, words map[string]string) (string, error) {
	switch by := by.(type) {
	case *types.AlternateIdentifierMemberExternalId:
		x := ExternalID{aws.ToString(by.Value.Issuer), aws.ToString(by.Value.Id)}
		return i.claims[externalClaims(kind, []ExternalID{x})[0]], nil
	case *types.AlternateIdentifierMemberUniqueAttribute:
		var value string
		word, known := words[lowerFirst(aws.ToString(by.Value.AttributePath))]
		if !known || read(by.Value.AttributeValue, &value) != nil {
			return "", invalid("The attribute path or value is not valid.")
		}
		return i.claims[claimOf(word, value)], nil
	}
	return "", invalid("AlternateIdentifier must be an ExternalId or a UniqueAttribute.")
}

// read reads a document, as encoding/json does; one that is not there reads as
// null. The SDK's own reading is for what a service answered.
func read(doc document.Interface, into any) error {
	if doc == nil {
		return nil
	}
	text, err := doc.MarshalSmithyDocument()
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
