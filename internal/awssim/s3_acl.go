package awssim

import (
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

// Groups that ACLs may name. See "Access control list (ACL) overview".
const (
	s3AllUsers      = "http://acs.amazonaws.com/groups/global/AllUsers"
	s3AuthUsers     = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	s3LogDelivery   = "http://acs.amazonaws.com/groups/s3/LogDelivery"
	s3OwnerHasAll   = string(types.ObjectCannedACLBucketOwnerFullControl)
	s3NoACLs        = "AccessControlListNotSupported"
	s3NoACLsMessage = "The bucket does not allow ACLs"
)

// s3ACL is a bucket's access control list. ACLs are kept and given back; what
// may be done is decided by policies alone.
type s3ACL struct{ grants []s3store.Grant }

// s3Enforced tells whether the bucket's owner owns all, which turns ACLs off.
func s3Enforced(b *s3store.Bucket) bool {
	cfg := s3store.Config[types.OwnershipControls](b)
	return cfg != nil && len(cfg.Rules) > 0 && cfg.Rules[0].ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced
}

// s3CheckObjectACL refuses ACLs for a new object where the bucket has none.
func s3CheckObjectACL(b *s3store.Bucket, h http.Header) error {
	canned := h.Get("X-Amz-Acl")
	if (canned == "" || canned == s3OwnerHasAll) && len(s3GrantHeaders(h)) == 0 || !s3Enforced(b) {
		return nil
	}
	return s3Invalid(s3NoACLs, s3NoACLsMessage)
}

// s3GrantHeaders reads the x-amz-grant-* headers: `id="...", uri="..."`.
func s3GrantHeaders(h http.Header) []s3store.Grant {
	var grants []s3store.Grant
	for _, permission := range types.Permission("").Values() {
		name := "X-Amz-Grant-" + strings.ReplaceAll(string(permission), "_", "-")
		for part := range strings.SplitSeq(h.Get(name), ",") {
			kind, value, ok := strings.Cut(strings.TrimSpace(part), "=")
			if ok {
				grants = append(grants, s3store.Grant{Kind: s3GranteeKind(kind), Name: strings.Trim(value, `"`), Permission: string(permission)})
			}
		}
	}
	return grants
}

func s3GranteeKind(parameter string) string {
	switch strings.ToLower(parameter) {
	case "uri":
		return string(types.TypeGroup)
	case "emailaddress":
		return string(types.TypeAmazonCustomerByEmail)
	}
	return string(types.TypeCanonicalUser)
}

// s3Canned gives the grants of a canned ACL for an owner's thing in the bucket.
func s3Canned(name, owner string, b *s3store.Bucket) ([]s3store.Grant, error) {
	grants := []s3store.Grant{s3GrantTo(owner, types.PermissionFullControl)}
	group := func(uri string, permissions ...types.Permission) {
		for _, p := range permissions {
			grants = append(grants, s3store.Grant{Kind: string(types.TypeGroup), Name: uri, Permission: string(p)})
		}
	}
	switch name {
	case "", "private", "aws-exec-read":
	case "public-read":
		group(s3AllUsers, types.PermissionRead)
	case "public-read-write":
		group(s3AllUsers, types.PermissionRead, types.PermissionWrite)
	case "authenticated-read":
		group(s3AuthUsers, types.PermissionRead)
	case "log-delivery-write":
		group(s3LogDelivery, types.PermissionWrite, types.PermissionReadAcp)
	case "bucket-owner-read":
		grants = append(grants, s3GrantTo(b.Owner, types.PermissionRead))
	case s3OwnerHasAll:
		if owner != b.Owner {
			grants = append(grants, s3GrantTo(b.Owner, types.PermissionFullControl))
		}
	default:
		return nil, s3Argument("x-amz-acl", name, "")
	}
	return grants, nil
}

func s3GrantTo(account string, p types.Permission) s3store.Grant {
	return s3store.Grant{Kind: string(types.TypeCanonicalUser), Name: s3OwnerID(account), Permission: string(p)}
}

// s3Grants is what a request asks for: a list, headers, or a canned ACL.
func s3Grants(h http.Header, list *types.AccessControlPolicy, owner string, b *s3store.Bucket) ([]s3store.Grant, error) {
	if list == nil {
		if grants := s3GrantHeaders(h); len(grants) > 0 {
			return grants, nil
		}
		return s3Canned(h.Get("X-Amz-Acl"), owner, b)
	}
	grants := make([]s3store.Grant, 0, len(list.Grants))
	for _, g := range list.Grants {
		if g.Grantee == nil || g.Permission == "" {
			return nil, s3Invalid("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema")
		}
		name := aws.ToString(g.Grantee.ID) + aws.ToString(g.Grantee.URI) + aws.ToString(g.Grantee.EmailAddress)
		grants = append(grants, s3store.Grant{Kind: string(g.Grantee.Type), Name: name, Permission: string(g.Permission)})
	}
	return grants, nil
}

// s3ShowGrants gives grants as the API does.
func s3ShowGrants(grants []s3store.Grant) []types.Grant {
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

// s3SetBucketACL gives a bucket an ACL when it is made.
func s3SetBucketACL(c *Call, b *s3store.Bucket, list *types.AccessControlPolicy) error {
	grants, err := s3Grants(c.Request.Header, list, b.Owner, b)
	if err == nil {
		s3store.SetConfig(b, &s3ACL{grants})
	}
	return err
}

func s3GetBucketACL(c *Call, b *s3store.Bucket, _ *s3.GetBucketAclInput) (*s3.GetBucketAclOutput, error) {
	grants := []s3store.Grant{s3GrantTo(b.Owner, types.PermissionFullControl)}
	if acl := s3store.Config[s3ACL](b); acl != nil && !s3Enforced(b) {
		grants = acl.grants
	}
	return &s3.GetBucketAclOutput{Owner: s3Owner(c, b.Owner), Grants: s3ShowGrants(grants)}, nil
}

func s3PutBucketACL(c *Call, b *s3store.Bucket, in *s3.PutBucketAclInput) (*s3.PutBucketAclOutput, error) {
	if s3Enforced(b) {
		return nil, s3Invalid(s3NoACLs, s3NoACLsMessage)
	}
	return &s3.PutBucketAclOutput{}, s3SetBucketACL(c, b, in.AccessControlPolicy)
}

func s3GetObjectACL(c *Call, b *s3store.Bucket, in *s3.GetObjectAclInput) (*s3.GetObjectAclOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	owner, grants := o.Owner, o.Grants
	if s3Enforced(b) {
		owner, grants = b.Owner, nil
	}
	if len(grants) == 0 {
		grants = []s3store.Grant{s3GrantTo(owner, types.PermissionFullControl)}
	}
	return &s3.GetObjectAclOutput{Owner: s3Owner(c, owner), Grants: s3ShowGrants(grants)}, nil
}

func s3PutObjectACL(c *Call, b *s3store.Bucket, in *s3.PutObjectAclInput) (*s3.PutObjectAclOutput, error) {
	if s3Enforced(b) && in.ACL != types.ObjectCannedACLBucketOwnerFullControl {
		return nil, s3Invalid(s3NoACLs, s3NoACLsMessage)
	}
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) (err error) {
		o.Grants, err = s3Grants(c.Request.Header, in.AccessControlPolicy, o.Owner, b)
		return err
	})
	if err != nil {
		return nil, s3Missing(c, b, o, err)
	}
	return &s3.PutObjectAclOutput{}, nil
}
