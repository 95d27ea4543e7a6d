package iam

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// An entity must be the same whatever call it was read with: a user from
// ListUsers equals the same user from the fast call.

func addUser(b *snapshot.Batch, account, arn, name, id, path string, created *time.Time) {
	b.Add(snapshot.User.ID(arn), account, name, snapshot.PrincipalBody{ID: id, Path: path, Created: collect.UTC(created)})
}

func addGroup(b *snapshot.Batch, account, arn, name, id, path string, created *time.Time) {
	b.Add(snapshot.Group.ID(arn), account, name, snapshot.PrincipalBody{ID: id, Path: path, Created: collect.UTC(created)})
}

// addRole adds a role and the principals that its trust policy lets in. It leaves
// out the description and the longest session, which only some calls return.
func addRole(o *collect.Output, account string, r types.Role) {
	b, path, arn := o.Batch(snapshot.IAMRoles), aws.ToString(r.Path), aws.ToString(r.Arn)
	trust, doc, err := collect.Document(r.AssumeRolePolicyDocument)
	o.Doubt(snapshot.IAMRoles, "the trust policy of "+arn, err)
	b.Add(snapshot.Role.ID(arn), account, aws.ToString(r.RoleName), snapshot.PrincipalBody{
		ID: aws.ToString(r.RoleId), Path: path, Created: collect.UTC(r.CreateDate), Trust: trust, Linked: linkedService(path),
	})
	if doc != nil {
		trusted(b, account, arn, doc)
	}
}

// linkedService returns the service of a service-linked role, by its path.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func linkedService(path string) string {
	service, ok := strings.CutPrefix(path, "/aws-service-role/")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(service, "/")
}

// addPolicy adds a managed policy without its document.
func addPolicy(b *snapshot.Batch, account string, p types.Policy) {
	arn := aws.ToString(p.Arn)
	body := snapshot.PolicyBody{
		AWSManaged: accountOf(arn) == "aws", Version: aws.ToString(p.DefaultVersionId), Path: aws.ToString(p.Path), Updated: collect.UTC(p.UpdateDate),
	}
	if body.AWSManaged {
		account = ""
	}
	b.Add(snapshot.Policy.ID(arn), account, cmp.Or(aws.ToString(p.PolicyName), nameOf(arn)), body)
}

// addDocument adds the document of a policy's version in force.
func addDocument(o *collect.Output, f snapshot.Facet, policy snapshot.ID, account string, document *string) {
	doc, _, err := collect.Document(document)
	o.Doubt(f, policy.Key, err)
	if accountOf(policy.Key) == "aws" {
		account = ""
	}
	o.Batch(f).Tell(policy, account, snapshot.PolicyDocument{Document: doc})
}
