package org

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// readRoots follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListRoots.html
func readRoots(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgRoots)
	pages := organizations.NewListRootsPaginator(client(ctx), &organizations.ListRootsInput{})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, r := range page.Roots {
			b.Add(snapshot.Unit.ID(aws.ToString(r.Arn)), "", aws.ToString(r.Name), nil)
		}
	}
	return nil
}

// readUnits walks the tree from its roots.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListOrganizationalUnitsForParent.html
func readUnits(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgUnits)
	for _, root := range ctx.Batch(snapshot.OrgRoots).Parts {
		if err := readUnitsBelow(ctx, b, root.ID); err != nil {
			return err
		}
	}
	return nil
}

func readUnitsBelow(ctx collect.Context, b *snapshot.Batch, parent snapshot.ID) error {
	pages := organizations.NewListOrganizationalUnitsForParentPaginator(client(ctx), &organizations.ListOrganizationalUnitsForParentInput{ParentId: aws.String(idOf(parent))})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, u := range page.OrganizationalUnits {
			unit := snapshot.Unit.ID(aws.ToString(u.Arn))
			b.Add(unit, "", aws.ToString(u.Name), nil)
			b.Link(unit, snapshot.In, parent, nil)
			if err := readUnitsBelow(ctx, b, unit); err != nil && !collect.IsGone(err) {
				return err
			}
		}
	}
	return nil
}

// idOf returns the ID of a root or a unit, the end of its ARN.
func idOf(unit snapshot.ID) string { return unit.Key[strings.LastIndex(unit.Key, "/")+1:] }

// readAccountUnits reads in which unit each account is.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html
func readAccountUnits(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgAccountUnits)
	roots := ctx.Batch(snapshot.OrgRoots).Parts
	for _, unit := range append(roots[:len(roots):len(roots)], ctx.Batch(snapshot.OrgUnits).Parts...) {
		if err := readAccountsIn(ctx, b, unit.ID); err != nil && !collect.IsGone(err) {
			return err
		}
	}
	return nil
}

func readAccountsIn(ctx collect.Context, b *snapshot.Batch, unit snapshot.ID) error {
	pages := organizations.NewListAccountsForParentPaginator(client(ctx), &organizations.ListAccountsForParentInput{ParentId: aws.String(idOf(unit))})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			b.Link(snapshot.Account.ID(aws.ToString(a.Id)), snapshot.In, unit, nil)
		}
	}
	return nil
}
