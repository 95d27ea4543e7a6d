package awsapi

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/regions"
)

// Cells returns a target for each account and region. They are not the cells of a
// snapshot. Each can fail by itself. Regions are the settings' regions, else those
// enabled in the account; accounts the settings' accounts, else the active
// ones of the organization. Accounts come first in the order.
//
// Errors are those of Session, and Denied where the regions or accounts can't
// be listed.
func (p *Pool) Cells(ctx context.Context, target Target, allRegions, allAccounts bool) ([]Target, error) {
	if allAccounts && target.Account == "" && len(p.accounts) > 0 {
		target.Account = p.accounts[0] // its own account may be out of reach
	}
	home, err := p.Session(ctx, target)
	if err != nil {
		return nil, err
	}
	accounts, where := []string{home.Account}, []string{home.Region}
	if allAccounts {
		if accounts, err = home.accounts(ctx); err != nil {
			return nil, err
		}
	}
	if allRegions {
		if where, err = home.regions(ctx); err != nil {
			return nil, err
		}
	}
	cells := make([]Target, 0, len(accounts)*len(where))
	for _, account := range accounts {
		for _, region := range where {
			cells = append(cells, Target{Connection: home.Connection, Account: account, Region: region})
		}
	}
	return cells, nil
}

// regions returns those of the settings, or the ones enabled in the account.
func (s *Session) regions(ctx context.Context) ([]string, error) {
	if configured := s.conn.settings.Regions; len(configured) > 0 {
		return slices.Clone(configured), nil
	}
	return s.EnabledRegions(ctx)
}

// KnownRegions returns the regions of the session's partition, enabled or not,
// with those that the settings add.
func (s *Session) KnownRegions() []string {
	return append(regions.Of(s.Partition), s.conn.settings.ExtraRegions...)
}

// EnabledRegions returns the regions that are enabled in the account, sorted. The
// error is Denied where they can't be listed.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
func (s *Session) EnabledRegions(ctx context.Context) ([]string, error) {
	out, err := Client(s, ec2.NewFromConfig).DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return nil, awserr.Fault(err)
	}
	var names []string
	for _, region := range out.Regions {
		names = append(names, aws.ToString(region.RegionName))
	}
	slices.Sort(names)
	return names, nil
}

// accounts returns those of the settings, or the organization's active ones, as
// far as the pool may reach them.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
func (s *Session) accounts(ctx context.Context) ([]string, error) {
	configured, allowed := s.conn.settings.Accounts, s.conn.pool.accounts
	switch {
	case len(configured) > 0 && len(allowed) > 0:
		return slices.DeleteFunc(slices.Clone(configured), func(id string) bool { return !slices.Contains(allowed, id) }), nil
	case len(configured) > 0:
		return slices.Clone(configured), nil
	case len(allowed) > 0:
		return slices.Clone(allowed), nil
	}
	pages := organizations.NewListAccountsPaginator(Client(s, organizations.NewFromConfig), &organizations.ListAccountsInput{})
	var ids []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, awserr.Fault(err)
		}
		for _, account := range page.Accounts {
			if active(account) {
				ids = append(ids, aws.ToString(account.Id))
			}
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// active reports whether an account can be called. Newer answers say it by
// State, older ones by Status.
func active(a types.Account) bool {
	if a.State != "" {
		return a.State == types.AccountStateActive
	}
	return a.Status == types.AccountStatusActive
}
