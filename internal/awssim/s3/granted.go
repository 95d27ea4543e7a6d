package s3

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
	"github.com/hawser/hawser/internal/policy"
)

// grantedOnBucket returns a need for a bucket's action with what its ACL allows. What an
// ACL allows counts as a statement of the bucket policy.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#acl-access-policy-permission-mapping
func grantedOnBucket(c *awssim.Call, b *s3store.Bucket, n awssim.Need) awssim.Need {
	acl := s3store.Config[accessList](b)
	if acl == nil || b.Owner == "" {
		return n
	}
	return granted(c, b, n, acl.grants, map[types.Permission][]string{
		types.PermissionRead:     {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
		types.PermissionWrite:    {"s3:PutObject"},
		types.PermissionReadAcp:  {"s3:GetBucketAcl"},
		types.PermissionWriteAcp: {"s3:PutBucketAcl"},
	})
}

// grantedOnObject returns a need for the action on an object that is there with what the
// object's ACL allows. Of an object that another account owns the bucket policy can deny,
// but not allow.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
func grantedOnObject(c *awssim.Call, b *s3store.Bucket, n awssim.Need, key, version string) awssim.Need {
	if b.Owner == "" || ownerEnforced(b) {
		return n
	}
	o, err := b.Get(key, version)
	if err != nil {
		return n // the operation says what is missing
	}
	if o.Owner != b.Owner {
		n.Grantor, n.Policy = o.Owner, denials(s3store.Config[awssim.ResourcePolicy](b).Document())
	}
	return granted(c, b, n, o.Grants, map[types.Permission][]string{
		types.PermissionRead:     {"s3:GetObject", "s3:GetObjectVersion"},
		types.PermissionReadAcp:  {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
		types.PermissionWriteAcp: {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
	})
}

// denials is a policy without the statements that allow.
func denials(doc *policy.Document) *policy.Document {
	if doc == nil {
		return nil
	}
	denies := *doc
	denies.Statements = slices.DeleteFunc(slices.Clone(doc.Statements), func(st *policy.Statement) bool { return st.Effect == policy.Allow })
	return &denies
}

// granted adds a statement to a need's policy for each grant that allows the action.
func granted(c *awssim.Call, b *s3store.Bucket, n awssim.Need, grants []s3store.Grant, actions map[types.Permission][]string) awssim.Need {
	if ownerEnforced(b) {
		return n
	}
	actions[types.PermissionFullControl] = slices.Concat(actions[types.PermissionRead], actions[types.PermissionWrite], actions[types.PermissionReadAcp], actions[types.PermissionWriteAcp])
	var allowed []*policy.Statement
	for _, g := range grants {
		to := granteeFor(c, b, g)
		if to == nil || !slices.Contains(actions[types.Permission(g.Permission)], n.Action) {
			continue
		}
		// The need is for one resource, so that its name needs no quoting here.
		allowed = append(allowed, &policy.Statement{Effect: policy.Allow, Principal: to, Action: []string{n.Action}, Resource: []string{"*"}})
	}
	if len(allowed) == 0 {
		return n
	}
	joined := policy.Document{}
	if n.Policy != nil {
		joined = *n.Policy
	}
	joined.Statements = slices.Concat(joined.Statements, allowed)
	n.Policy = &joined
	return n
}

// granteeFor returns the principals that a grant is for; nil if the caller is none of
// them. Grants to everybody do not count where the bucket ignores public ACLs.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups
func granteeFor(c *awssim.Call, b *s3store.Bucket, g s3store.Grant) *policy.Principals {
	ignored := aws.ToBool(settingOrZero[types.PublicAccessBlockConfiguration](b).IgnorePublicAcls)
	switch {
	case isPublic(g) && ignored, g.Name == authUsers && c.Principal == nil:
		return nil
	case isPublic(g):
		return &policy.Principals{Everyone: true}
	case c.Account != nil && g.Name == ownerID(c.Account.ID):
		return &policy.Principals{AWS: []string{c.Account.ID}}
	}
	return nil
}

// isPublic reports whether a grant is for everybody, or for everybody who has an AWS
// account.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
func isPublic(g s3store.Grant) bool { return g.Name == allUsers || g.Name == authUsers }

// blocked reports whether a bucket takes no ACL with these grants.
func blocked(b *s3store.Bucket, grants []s3store.Grant) bool {
	return aws.ToBool(settingOrZero[types.PublicAccessBlockConfiguration](b).BlockPublicAcls) && slices.ContainsFunc(grants, isPublic)
}
