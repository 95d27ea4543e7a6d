package identitycenter_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/google/go-cmp/cmp"
)

// TestSideBySide changes things while others read them: what is read is whole,
// and the race detector finds nothing.
func TestSideBySide(t *testing.T) {
	c := start(t)
	store, sso, org := c.store(), c.admin("111122223333"), sdk.NewFromConfig(c.Config())
	ctx, id := t.Context(), &c.center.StoreID
	unit := c.org.Root.AddUnit("unit")
	var wait sync.WaitGroup
	parallel := func(call func(n int) error) {
		wait.Go(func() {
			for n := range 20 {
				if err := call(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	parallel(func(n int) error {
		_, err := store.UpdateUser(ctx, &identitystore.UpdateUserInput{IdentityStoreId: id, UserId: &c.ada.ID, Operations: []types.AttributeOperation{
			{AttributePath: ptr("title"), AttributeValue: document.NewLazyDocument(fmt.Sprint(n))},
		}})
		return err
	})
	parallel(func(int) error {
		_, err := store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: id})
		return err
	})
	parallel(func(n int) error {
		_, err := store.UpdateGroup(ctx, &identitystore.UpdateGroupInput{IdentityStoreId: id, GroupId: &c.crew.ID, Operations: []types.AttributeOperation{
			{AttributePath: ptr("description"), AttributeValue: document.NewLazyDocument(fmt.Sprint(n))},
		}})
		return err
	})
	parallel(func(int) error {
		_, err := store.ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: id})
		return err
	})
	parallel(func(int) error {
		_, err := store.ListGroupMembershipsForMember(ctx, &identitystore.ListGroupMembershipsForMemberInput{
			IdentityStoreId: id, MemberId: &types.MemberIdMemberUserId{Value: c.ada.ID},
		})
		return err
	})
	parallel(func(n int) error {
		_, err := sso.UpdatePermissionSet(ctx, &ssoadmin.UpdatePermissionSetInput{
			InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN, SessionDuration: ptr(fmt.Sprintf("PT%dH", 1+n%12)),
		})
		return err
	})
	parallel(func(int) error {
		_, err := sso.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &c.center.ARN, PermissionSetArn: &c.reader.ARN})
		return err
	})
	parallel(func(n int) error {
		_, err := org.UpdateOrganizationalUnit(ctx, &sdk.UpdateOrganizationalUnitInput{OrganizationalUnitId: &unit.ID, Name: ptr(fmt.Sprint("unit", n))})
		return err
	})
	parallel(func(int) error {
		_, err := org.ListOrganizationalUnitsForParent(ctx, &sdk.ListOrganizationalUnitsForParentInput{ParentId: &c.org.Root.ID})
		return err
	})
	wait.Wait()
}

// TestExtensions keeps what the Identity Store has no members for.
func TestExtensions(t *testing.T) {
	c := start(t)
	const enterprise = "aws:identitystore:enterprise"
	given := map[string]any{"department": "Engines", "level": 7.5, "manager": map[string]any{"value": "x"}}
	made, err := c.store().CreateUser(t.Context(), &identitystore.CreateUserInput{
		IdentityStoreId: &c.center.StoreID, UserName: ptr("babbage"), DisplayName: ptr("B"),
		Name:       &types.Name{GivenName: ptr("Charles"), FamilyName: ptr("Babbage")},
		Extensions: map[string]document.Interface{enterprise: document.NewLazyDocument(given)},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.store().UpdateUser(t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: &c.center.StoreID, UserId: made.UserId,
		Operations: []types.AttributeOperation{{AttributePath: ptr(enterprise + ".department"), AttributeValue: document.NewLazyDocument("Tables")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.store().DescribeUser(t.Context(), &identitystore.DescribeUserInput{
		IdentityStoreId: &c.center.StoreID, UserId: made.UserId, Extensions: []string{enterprise},
	})
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Department string            `document:"department"`
		Level      float64           `document:"level"`
		Manager    map[string]string `document:"manager"`
	}
	if err := got.Extensions[enterprise].UnmarshalSmithyDocument(&kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"Tables", 7.5, "x"}, []any{kept.Department, kept.Level, kept.Manager["value"]}); diff != "" {
		t.Error(diff)
	}
}
