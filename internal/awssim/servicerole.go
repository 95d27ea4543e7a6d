package awssim

import (
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
)

// AssumableBy reports whether a role that a call gives to an AWS service, such as
// "lambda.amazonaws.com", is there, is in the caller's account, and lets the service
// assume it. source is the ARN of what the service is to assume it for.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
func (c *Call) AssumableBy(service, roleARN, source string) bool {
	role := c.World.roleByARN(roleARN)
	if role == nil || role.account != c.Account {
		return false
	}
	return c.World.trusts(role, reference.Principal{Type: reference.Service, Service: service}, "sts:AssumeRole", c.serviceConditions(service, source))
}

// RoleMay reports whether a role of the caller's account has a permission that a service
// uses on its behalf. The service asks for it itself, so the request's own conditions do
// not count.
func (c *Call) RoleMay(roleARN string, need Need) bool {
	role := c.World.roleByARN(roleARN)
	if role == nil || role.account != c.Account {
		return false
	}
	as := *c
	as.Principal = role.session("service")
	return as.decide(need).Decision == reference.Permitted
}

// serviceConditions are the keys of a service's own request on behalf of the caller's
// account.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention
func (c *Call) serviceConditions(service, source string) reference.Context {
	now := c.Now()
	ctx := reference.Context{
		"aws:requestedregion": {c.Region}, "aws:currenttime": {now.Format(time.RFC3339)}, "aws:epochtime": {strconv.FormatInt(now.Unix(), 10)},
		"aws:securetransport": {"true"}, "aws:principalisawsservice": {"true"}, "aws:principalservicename": {service},
		"aws:sourceaccount": {c.Account.ID}, "aws:sourcearn": {source},
	}
	c.World.membershipOf(c.Account.ID).conditions(ctx, "source")
	return ctx
}

// PassRole is the permission to give a role to a service.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
func PassRole(roleARN, service string) Need {
	return Need{Action: "iam:PassRole", Resource: roleARN, Context: reference.Context{"iam:passedtoservice": {service}}}
}

// trusts asks the role's trust policy, and the resource control policies of its account,
// about somebody who has no policies: a service, or a user of an identity provider.
func (w *World) trusts(role *Role, who reference.Principal, action string, ctx reference.Context) bool {
	resource := w.membershipOf(role.account.ID)
	resource.conditions(ctx, "resource")
	w.roleKeys(ctx, role)
	return reference.Decide(
		reference.Request{Principal: who, Action: action, Resource: role.ARN, Context: ctx},
		reference.Policies{ResourcePolicy: &reference.Named{Document: w.trustOf(role)}, ResourceControl: resource.ResourceControl},
	).Decision == reference.Permitted
}
