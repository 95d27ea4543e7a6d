package awssim

import "github.com/hawser/hawser/internal/access/reference"

// Membership is what an organization says of one of its accounts.
type Membership struct {
	// Organization is its ID, "o-...".
	Organization string
	// Management is the ID of the management account.
	Management string
	// Path leads from the organization to the root or unit that holds the account, as
	// aws:PrincipalOrgPaths has it.
	Path string
	// ServiceControl and ResourceControl are the policies that limit the account, level
	// by level from the root: nil where the type is not enabled, and for the management
	// account. See
	// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp
	// and https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#actions-not-restricted-by-rcps
	ServiceControl, ResourceControl []reference.Level
}

// TellMembership lets f tell the membership of an account, the zero value for one that
// is in no organization: for the constructor of the service that knows organizations.
func (w *World) TellMembership(f func(account string) Membership) { w.membership = f }

// membershipOf returns an account's membership.
func (w *World) membershipOf(account string) Membership {
	if w.membership == nil {
		return Membership{}
	}
	return w.membership(account)
}

// conditions adds the organization's condition keys of an account to a context: who is
// "principal" or "resource". Accounts in no organization have none. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
func (m Membership) conditions(ctx reference.Context, who string) {
	if m.Organization != "" {
		ctx["aws:"+who+"orgid"], ctx["aws:"+who+"orgpaths"] = []string{m.Organization}, []string{m.Path}
	}
}
