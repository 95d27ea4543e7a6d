package org

import (
	"cmp"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
)

// management finds the account of the connection's role. An error of kind Invalid
// says that it is a member account although the management account is needed, and
// names that. If the connection names its accounts, the organization is not needed.
func management(ctx collect.Context) error {
	if len(ctx.Options.Within) > 0 {
		return nil
	}
	out, err := client(ctx).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var none *types.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		return fault.Wrap(err, fault.Invalid, "the account %s is in no organization", ctx.Account).
			WithFix("sync the account alone: omit --organization and member_role")
	case err != nil && collect.AnotherMayRead(err):
		out = nil // the next call shows whether it can be read anyway
	case err != nil:
		return awserr.Fault(err)
	}
	home := "not told"
	if out != nil {
		if home = aws.ToString(out.Organization.MasterAccountId); home == ctx.Account {
			return nil
		}
	}
	// A delegated administrator may read the organization, too.
	_, err = client(ctx).ListAccounts(ctx, &organizations.ListAccountsInput{MaxResults: aws.Int32(1)})
	if err == nil {
		return nil
	}
	if out == nil {
		return awserr.Fault(err)
	}
	return fault.Wrap(awserr.Fault(err), fault.Invalid, "the connection %s is in the member account %s, from which the organization can't be read", ctx.Session.Connection, ctx.Account).
		WithCause("the organization's management account is %s", home).
		WithFix("give the connection a role in %s, such as role_arn: arn:%s:iam::%s:role/Hawser, or make %s a delegated administrator",
			home, ctx.Session.Partition, home, ctx.Account)
}

// others counts the active accounts besides the management account, if that is the
// context's.
func others(ctx collect.Context) (n int, err error) {
	out, err := client(ctx).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil || aws.ToString(out.Organization.MasterAccountId) != ctx.Account {
		return 0, err
	}
	for page, err := range collect.Pages(ctx, organizations.NewListAccountsPaginator(client(ctx), &organizations.ListAccountsInput{})) {
		if err != nil {
			return 0, err
		}
		for _, a := range page.Accounts {
			if _, closed := suspended(cmp.Or(string(a.State), string(a.Status))); !closed && aws.ToString(a.Id) != ctx.Account {
				n++
			}
		}
	}
	return n, nil
}
