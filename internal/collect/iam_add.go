package collect

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// What an entity looks like must not depend on the call that brought it: a user
// read by ListUsers is the same as one read by the fast call.

func addUser(b *snapshot.Batch, account, arn, name, id, path string, created *time.Time) {
	b.Add(snapshot.ID{Kind: snapshot.User, Key: arn}, account, name, snapshot.PrincipalBody{ID: id, Path: path, Created: utc(created)})
}

func addGroup(b *snapshot.Batch, account, arn, name, id, path string, created *time.Time) {
	b.Add(snapshot.ID{Kind: snapshot.Group, Key: arn}, account, name, snapshot.PrincipalBody{ID: id, Path: path, Created: utc(created)})
}

// addRole adds a role with those whom its trust policy lets in. What only some
// calls tell of a role, its description and longest session, is left out.
func addRole(b *snapshot.Batch, account string, r types.Role) error {
	trust, err := document(r.AssumeRolePolicyDocument)
	if err != nil {
		return err
	}
	path := aws.ToString(r.Path)
	b.Add(snapshot.ID{Kind: snapshot.Role, Key: aws.ToString(r.Arn)}, account, aws.ToString(r.RoleName), snapshot.PrincipalBody{
		ID: aws.ToString(r.RoleId), Path: path, Created: utc(r.CreateDate), Trust: trust, Linked: linkedService(path),
	})
	return trusted(b, account, aws.ToString(r.Arn), trust)
}

// linkedService is the service of a service-linked role, by its path.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func linkedService(path string) string {
	service, ok := strings.CutPrefix(path, "/aws-service-role/")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(service, "/")
}

func addPolicy(b *snapshot.Batch, account string, p types.ManagedPolicyDetail, v types.PolicyVersion) error {
	doc, err := document(v.Document)
	if err != nil {
		return err
	}
	arn := aws.ToString(p.Arn)
	body := snapshot.PolicyBody{
		AWSManaged: strings.Contains(arn, ":iam::aws:"), Version: aws.ToString(v.VersionId), Path: aws.ToString(p.Path),
		Updated: utc(p.UpdateDate), Document: doc,
	}
	if body.AWSManaged {
		account = ""
	}
	b.Add(snapshot.ID{Kind: snapshot.Policy, Key: arn}, account, cmp.Or(aws.ToString(p.PolicyName), nameOf(arn)), body)
	return nil
}

// utc is a time as bodies have it: in UTC, to the second, zero for none.
func utc(t *time.Time) time.Time {
	if t == nil || t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}
