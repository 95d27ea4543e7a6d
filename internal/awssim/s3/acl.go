package s3

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// Groups that ACLs may name. See "Access control list (ACL) overview".
const (
	allUsers      = "http://acs.amazonaws.com/groups/global/AllUsers"
	authUsers     = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	logDelivery   = "http://acs.amazonaws.com/groups/s3/LogDelivery"
	ownerHasAll   = string(types.ObjectCannedACLBucketOwnerFullControl)
	noACLs        = "AccessControlListNotSupported"
	noACLsMessage = "The bucket does not allow ACLs"
)

// accessList is a bucket's access control list.
type accessList struct{ grants []s3store.Grant }

// ownerEnforced reports whether the bucket's owner owns all, which turns ACLs off.
func ownerEnforced(b *s3store.Bucket) bool {
	return ownership(b) == types.ObjectOwnershipBucketOwnerEnforced
}

// ownership is a bucket's setting of who owns its objects; empty where it has none.
func ownership(b *s3store.Bucket) types.ObjectOwnership {
	if rules := settingOrZero[types.OwnershipControls](b).Rules; len(rules) > 0 {
		return rules[0].ObjectOwnership
	}
	return ""
}

// ownerOfNew is the account that owns what the caller writes to a bucket. Without a
// setting it is the writer's.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
func ownerOfNew(c *awssim.Call, b *s3store.Bucket) string {
	switch ownership(b) {
	case types.ObjectOwnershipBucketOwnerEnforced:
		return b.Owner
	case types.ObjectOwnershipBucketOwnerPreferred:
		if c.Request.Header.Get("X-Amz-Acl") == ownerHasAll {
			return b.Owner
		}
	}
	return c.Account.ID
}

// objectOwner is the account that owns an object now. That the bucket's owner owns all
// hides the owner that it was written with, and does not change it.
func objectOwner(b *s3store.Bucket, o *s3store.Object) string {
	if ownerEnforced(b) {
		return b.Owner
	}
	return o.Owner
}

// checkObjectACL refuses ACLs for a new object where the bucket has none.
func checkObjectACL(b *s3store.Bucket, h http.Header) error {
	canned := h.Get("X-Amz-Acl")
	if (canned == "" || canned == ownerHasAll) && len(grantHeaders(h)) == 0 || !ownerEnforced(b) {
		return nil
	}
	return invalid(noACLs, noACLsMessage)
}

// cannedGrants gives the grants of a canned ACL for an owner's thing in the bucket.
func cannedGrants(name, owner string, b *s3store.Bucket) ([]s3store.Grant, error) {
	grants := []s3store.Grant{grantTo(owner, types.PermissionFullControl)}
	group := func(uri string, permissions ...types.Permission) {
		for _, p := range permissions {
			grants = append(grants, s3store.Grant{Kind: string(types.TypeGroup), Name: uri, Permission: string(p)})
		}
	}
	switch name {
	case "", "private", "aws-exec-read":
	case "public-read":
		group(allUsers, types.PermissionRead)
	case "public-read-write":
		group(allUsers, types.PermissionRead, types.PermissionWrite)
	case "authenticated-read":
		group(authUsers, types.PermissionRead)
	case "log-delivery-write":
		group(logDelivery, types.PermissionWrite, types.PermissionReadAcp)
	case "bucket-owner-read":
		grants = append(grants, grantTo(b.Owner, types.PermissionRead))
	case ownerHasAll:
		if owner != b.Owner {
			grants = append(grants, grantTo(b.Owner, types.PermissionFullControl))
		}
	default:
		return nil, argument("x-amz-acl", name, "")
	}
	return grants, nil
}

func grantTo(account string, p types.Permission) s3store.Grant {
	return s3store.Grant{Kind: string(types.TypeCanonicalUser), Name: ownerID(account), Permission: string(p)}
}

// showGrants gives grants as the API does.
func showGrants(grants []s3store.Grant) []types.Grant {
	out := make([]types.Grant, len(grants))
	for i := range grants {
		g := &grants[i]
		who := &types.Grantee{Type: types.Type(g.Kind)}
		switch who.Type {
		case types.TypeGroup:
			who.URI = &g.Name
		case types.TypeAmazonCustomerByEmail:
			who.EmailAddress = &g.Name
		default:
			who.ID = &g.Name
		}
		out[i] = types.Grant{Grantee: who, Permission: types.Permission(g.Permission)}
	}
	return out
}

// setBucketACL gives a bucket an ACL when it is made.
func setBucketACL(c *awssim.Call, b *s3store.Bucket, list *types.AccessControlPolicy) error {
	grants, err := grantsOf(c, list, b.Owner, b)
	if err == nil {
		s3store.SetConfig(b, &accessList{grants})
	}
	return err
}

func getBucketACL(c *awssim.Call, b *s3store.Bucket, _ *s3.GetBucketAclInput) (*s3.GetBucketAclOutput, error) {
	grants := []s3store.Grant{grantTo(b.Owner, types.PermissionFullControl)}
	if acl := s3store.Config[accessList](b); acl != nil && !ownerEnforced(b) {
		grants = acl.grants
	}
	return &s3.GetBucketAclOutput{Owner: ownerOf(c, b.Owner), Grants: showGrants(grants)}, nil
}

func putBucketACL(c *awssim.Call, b *s3store.Bucket, in *s3.PutBucketAclInput) (*s3.PutBucketAclOutput, error) {
	if ownerEnforced(b) {
		return nil, invalid(noACLs, noACLsMessage)
	}
	return &s3.PutBucketAclOutput{}, setBucketACL(c, b, in.AccessControlPolicy)
}

func getObjectACL(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectAclInput) (*s3.GetObjectAclOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	owner, grants := objectOwner(b, o), o.Grants
	if ownerEnforced(b) {
		grants = nil
	}
	if len(grants) == 0 {
		grants = []s3store.Grant{grantTo(owner, types.PermissionFullControl)}
	}
	return &s3.GetObjectAclOutput{Owner: ownerOf(c, owner), Grants: showGrants(grants)}, nil
}

func putObjectACL(c *awssim.Call, b *s3store.Bucket, in *s3.PutObjectAclInput) (*s3.PutObjectAclOutput, error) {
	if ownerEnforced(b) && in.ACL != types.ObjectCannedACLBucketOwnerFullControl {
		return nil, invalid(noACLs, noACLsMessage)
	}
	key, version := aws.ToString(in.Key), aws.ToString(in.VersionId)
	o, err := b.Get(key, version)
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	grants, err := grantsOf(c, in.AccessControlPolicy, o.Owner, b)
	if err != nil {
		return nil, err
	}
	o, err = b.Update(key, version, func(o *s3store.Object) error {
		o.Grants = grants
		return nil
	})
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	return &s3.PutObjectAclOutput{}, nil
}
