package organizations

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// closingTime is how long AWS takes to close an account, in simulated time.
const closingTime = 5 * time.Minute

// Quotas of closing accounts: how many at the same time, and how many of the members in
// 30 days, which are a tenth of them within bounds.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const (
	maxClosing     = 3
	closingPeriod  = 30 * 24 * time.Hour
	leastClosures  = 10
	mostClosures   = 1000
	closuresPerOrg = 10 // the members are divided by it
)

// closeAccount follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
func closeAccount(o *Organization, c *awssim.Call, in *organizations.CloseAccountInput) (*organizations.CloseAccountOutput, error) {
	n, err := o.needAccount(in.AccountId)
	switch {
	case err != nil:
		return nil, err
	case n == o.Management:
		return nil, violation(types.ConstraintViolationExceptionReasonCannotCloseManagementAccount, "You can't close the management account.")
	case o.features != types.OrganizationFeatureSetAll:
		return nil, violation(types.ConstraintViolationExceptionReasonOrganizationNotInAllFeaturesMode, "Your organization must be configured to support all features.")
	case n.state != types.AccountStateActive:
		return nil, awssim.Errorf("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
	}
	if err := o.mayClose(c.Now()); err != nil {
		return nil, err
	}
	o.closures = append(o.closures, c.Now())
	o.close(n)
	return &organizations.CloseAccountOutput{}, nil
}

// mayClose refuses to close more accounts than the quotas allow.
func (o *Organization) mayClose(now time.Time) error {
	members, closing := 0, 0
	for _, n := range o.nodes {
		if n.Kind == types.TargetTypeAccount && n != o.Management {
			members++
		}
		if n.state == types.AccountStatePendingClosure {
			closing++
		}
	}
	o.closures = slices.DeleteFunc(o.closures, func(at time.Time) bool { return !now.Before(at.Add(closingPeriod)) })
	switch {
	case closing >= maxClosing:
		return violation(types.ConstraintViolationExceptionReasonCloseAccountRequestsLimitExceeded, "You attempted to exceed the number of accounts that you can close at a time.")
	case len(o.closures) >= min(max(members/closuresPerOrg, leastClosures), mostClosures):
		return violation(types.ConstraintViolationExceptionReasonCloseAccountQuotaExceeded, "You have exceeded close account quota for the past 30 days.")
	}
	return nil
}

func (o *Organization) close(n *Node) {
	clock := &o.reg.world.Clock
	n.state, n.closing = types.AccountStatePendingClosure, clock.Now().Add(clock.Scaled(closingTime))
	n.Account.Close()
}
