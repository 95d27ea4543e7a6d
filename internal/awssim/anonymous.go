package awssim

import (
	"net/http"

	"github.com/hawser/hawser/internal/access/reference"
)

// PermitAnonymous answers access denied to a call without a signature, unless the policy
// of the resource allows a need to everybody, and no policy of its organization denies it.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-anonymous-user
func (c *Call) PermitAnonymous(need Need) error {
	owner, ctx := c.World.membershipOf(need.Owner), c.conditions(need.Context)
	owner.conditions(ctx, "resource")
	p := reference.Policies{ResourceControl: owner.ResourceControl}
	if need.Policy != nil {
		p.ResourcePolicy = &reference.Named{Document: need.Policy}
	}
	verdict := reference.Decide(reference.Request{
		Principal: reference.Principal{Type: reference.Anonymous}, Action: need.Action, Resource: need.Resource,
		ResourceAccount: need.grantor(ctx, need.Owner), Context: ctx,
	}, p)
	if verdict.Decision != reference.Permitted || c.World.ownerClosed(need) {
		return &Error{Code: "AccessDenied", Message: "Access Denied", Status: http.StatusForbidden}
	}
	return nil
}
