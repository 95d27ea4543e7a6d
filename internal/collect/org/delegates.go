package org

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// readDelegates follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
func readDelegates(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgDelegates)
	pages := organizations.NewListDelegatedAdministratorsPaginator(client(ctx), &organizations.ListDelegatedAdministratorsInput{})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, d := range page.DelegatedAdministrators {
			account := snapshot.Account.ID(aws.ToString(d.Id))
			for _, organization := range organizationsOf(ctx, aws.ToString(d.Arn)) {
				b.Link(account, snapshot.Administer, organization, nil)
			}
		}
	}
	return nil
}

// organizationsOf returns the organization of an account, which the account's ARN
// names: arn:aws:organizations::MANAGEMENT:account/o-ID/ACCOUNT.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html#awsorganizations-resources-for-iam-policies
func organizationsOf(ctx collect.Context, account string) []snapshot.ID {
	if a, ok := arn.Parse(account); ok {
		if path := strings.Split(a.Resource, "/"); len(path) == 3 && path[0] == "account" {
			a.Resource = "organization/" + path[1]
			return []snapshot.ID{snapshot.Organization.ID(a.String())}
		}
	}
	var all []snapshot.ID
	for _, p := range ctx.Batch(snapshot.OrgItself).Parts {
		all = append(all, p.ID)
	}
	return all
}

// readDelegated follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedServicesForAccount.html
func readDelegated(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgDelegated)
	for _, e := range ctx.Batch(snapshot.OrgDelegates).Edges {
		services, err := delegated(ctx, e.From.Key)
		var no *types.AccountNotRegisteredException
		if errors.As(err, &no) || collect.IsGone(err) {
			continue // it was one when it was listed
		}
		if err != nil {
			return err
		}
		b.Tell(e.From, e.From.Key, snapshot.DelegatedBody{Services: services})
	}
	return nil
}

func delegated(ctx collect.Context, account string) ([]string, error) {
	var services []string
	pages := organizations.NewListDelegatedServicesForAccountPaginator(client(ctx), &organizations.ListDelegatedServicesForAccountInput{AccountId: &account})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return nil, err
		}
		for _, s := range page.DelegatedServices {
			services = append(services, aws.ToString(s.ServicePrincipal))
		}
	}
	return services, nil
}
