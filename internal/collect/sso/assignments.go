package sso

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// assignmentCalls predicts the cheaper method.
func assignmentCalls(s collect.Size) map[string]int {
	if byPrincipal(s.Of(snapshot.SSOUser)+s.Of(snapshot.SSOGroup), s.Of(snapshot.AccountRole)) {
		return map[string]int{"sso:ListAccountAssignmentsForPrincipal": s.Of(snapshot.SSOUser) + s.Of(snapshot.SSOGroup)}
	}
	return map[string]int{"sso:ListAccountAssignments": s.Of(snapshot.AccountRole)}
}

// byPrincipal reports whether assignments are read with fewer calls along users
// and groups than along permission sets on accounts.
func byPrincipal(principals, provisioned int) bool { return principals < provisioned }

// readAssignments reads along principals or permission sets, whichever needs
// fewer calls. Only the management account and a delegated administrator may read
// along principals; if that fails, the other way is used. That way lacks the assignments
// on the part of the permission sets on accounts that was not read.
func readAssignments(ctx collect.Context, o *collect.Output) error {
	bySets := false
	err := eachOf(ctx, o, snapshot.SSOAssignments, func(i instance, b *snapshot.Batch) error {
		users, whole := i.read(ctx, snapshot.SSOUsers)
		groups, too := i.read(ctx, snapshot.SSOGroups)
		provisioned, known := i.read(ctx, snapshot.SSOAccountRoles)
		if whole && too && byPrincipal(len(users)+len(groups), len(provisioned)) {
			fresh := &snapshot.Batch{}
			err := i.readAssignmentsOf(ctx, slices.Concat(users, groups), fresh)
			if err == nil {
				*b = *fresh
				return nil
			}
			if !collect.AnotherMayRead(err) {
				return err
			}
		}
		if !known {
			return collect.NotRead(snapshot.SSOAccountRoles)
		}
		bySets = true
		return i.readAssignmentsOn(ctx, provisioned, b)
	})
	if missing := ctx.Missing(snapshot.SSOAccountRoles); err == nil && bySets && missing != nil {
		o.FailPart(snapshot.SSOAssignments, missing.Err, missing.Has)
	}
	return err
}

// readAssignmentsOf follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
// Assignments through a group are listed for the group, and left out for the
// user.
func (i instance) readAssignmentsOf(ctx collect.Context, principals []snapshot.Part, b *snapshot.Batch) error {
	return ctx.ForEach(principals, func(inner collect.Context, p snapshot.Part, add func(func(*snapshot.Batch))) error {
		kind := types.PrincipalTypeUser
		if p.Kind == snapshot.SSOGroup {
			kind = types.PrincipalTypeGroup
		}
		_, id, _ := p.InIdentityStore()
		pages := ssoadmin.NewListAccountAssignmentsForPrincipalPaginator(admin(inner), &ssoadmin.ListAccountAssignmentsForPrincipalInput{
			InstanceArn: &i.arn, PrincipalId: &id, PrincipalType: kind, MaxResults: aws.Int32(ssoPage),
		})
		for page, err := range collect.Pages(inner, pages) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, a := range page.AccountAssignments {
					if a.PrincipalType == kind && aws.ToString(a.PrincipalId) == id {
						b.Link(p.ID, snapshot.Assigned, snapshot.AccountRoleID(aws.ToString(a.PermissionSetArn), aws.ToString(a.AccountId)), nil)
					}
				}
			})
		}
		return nil
	}, b)
}

// readAssignmentsOn follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignments.html
func (i instance) readAssignmentsOn(ctx collect.Context, provisioned []snapshot.Part, b *snapshot.Batch) error {
	return ctx.ForEach(provisioned, func(inner collect.Context, p snapshot.Part, add func(func(*snapshot.Batch))) error {
		set, account, _ := p.OnAccount()
		pages := ssoadmin.NewListAccountAssignmentsPaginator(admin(inner), &ssoadmin.ListAccountAssignmentsInput{
			InstanceArn: &i.arn, PermissionSetArn: &set, AccountId: &account, MaxResults: aws.Int32(ssoPage),
		})
		for page, err := range collect.Pages(inner, pages) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, a := range page.AccountAssignments {
					b.Link(assignee(i.store, a.PrincipalType, aws.ToString(a.PrincipalId)), snapshot.Assigned, p.ID, nil)
				}
			})
		}
		return nil
	}, b)
}

// readApplications follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListApplications.html
func readApplications(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, snapshot.SSOApplications, func(i instance, b *snapshot.Batch) error {
		pages := ssoadmin.NewListApplicationsPaginator(admin(ctx), &ssoadmin.ListApplicationsInput{InstanceArn: &i.arn, MaxResults: aws.Int32(ssoPage)})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, a := range page.Applications {
				b.Add(snapshot.Application.ID(aws.ToString(a.ApplicationArn)), aws.ToString(a.ApplicationAccount), aws.ToString(a.Name), snapshot.ApplicationBody{
					Provider: aws.ToString(a.ApplicationProviderArn), Description: aws.ToString(a.Description),
					Status: string(a.Status), Account: aws.ToString(a.ApplicationAccount),
				})
			}
		}
		return nil
	})
}

// readAppAssignments follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListApplicationAssignments.html
func readAppAssignments(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, snapshot.SSOApplicationAssignments, func(i instance, b *snapshot.Batch) error {
		applications, err := i.need(ctx, snapshot.SSOApplications)
		if err != nil {
			return err
		}
		return ctx.ForEach(applications, func(inner collect.Context, app snapshot.Part, add func(func(*snapshot.Batch))) error {
			pages := ssoadmin.NewListApplicationAssignmentsPaginator(admin(inner), &ssoadmin.ListApplicationAssignmentsInput{
				ApplicationArn: &app.Key, MaxResults: aws.Int32(ssoPage),
			})
			for page, err := range collect.Pages(inner, pages) {
				if err != nil {
					return err
				}
				add(func(b *snapshot.Batch) {
					for _, a := range page.ApplicationAssignments {
						b.Link(assignee(i.store, a.PrincipalType, aws.ToString(a.PrincipalId)), snapshot.Assigned, app.ID, nil)
					}
				})
			}
			return nil
		}, b)
	})
}

// readIssuers follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListTrustedTokenIssuers.html
func readIssuers(ctx collect.Context, o *collect.Output) error {
	return eachOf(ctx, o, snapshot.SSOTokenIssuers, func(i instance, b *snapshot.Batch) error {
		pages := ssoadmin.NewListTrustedTokenIssuersPaginator(admin(ctx), &ssoadmin.ListTrustedTokenIssuersInput{InstanceArn: &i.arn})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, t := range page.TrustedTokenIssuers {
				b.Add(snapshot.TokenIssuer.ID(aws.ToString(t.TrustedTokenIssuerArn)), "", aws.ToString(t.Name), nil)
			}
		}
		return nil
	})
}

// assignee returns the principal of an assignment.
func assignee(store string, kind types.PrincipalType, id string) snapshot.ID {
	if kind == types.PrincipalTypeGroup {
		return snapshot.SSOGroupID(store, id)
	}
	return snapshot.SSOUserID(store, id)
}
