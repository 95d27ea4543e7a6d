package collect

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// assignmentCalls predicts the cheaper side.
func assignmentCalls(s Size) map[string]int {
	if byPrincipal(s.SSOUsers+s.SSOGroups, s.Provisioned) {
		return map[string]int{"sso:ListAccountAssignmentsForPrincipal": s.SSOUsers + s.SSOGroups}
	}
	return map[string]int{"sso:ListAccountAssignments": s.Provisioned}
}

// byPrincipal tells whether assignments are read with fewer calls along users
// and groups than along permission sets on accounts.
func byPrincipal(principals, provisioned int) bool { return principals < provisioned }

// readAssignments reads along the side that needs fewer calls. Only the
// management account and a delegated administrator may read along principals;
// where that is denied the other side is read.
func readAssignments(ctx readContext, y *yield) error {
	users, groups := ctx.seen.of(ssoUsers).Parts, ctx.seen.of(ssoGroups).Parts
	provisioned := ctx.seen.of(ssoProvisioned).Parts
	whole := ctx.seen.read(ssoUsers) && ctx.seen.read(ssoGroups)
	if whole && byPrincipal(len(users)+len(groups), len(provisioned)) {
		fresh := newYield()
		err := readAssignmentsOf(ctx, append(append([]snapshot.Part{}, users...), groups...), fresh.of(ssoAssignments))
		if err == nil {
			y.batches[ssoAssignments] = fresh.of(ssoAssignments)
			return nil
		}
		if !isDenied(err) {
			return err
		}
	}
	if !ctx.seen.read(ssoProvisioned) {
		return notRead(ssoProvisioned)
	}
	return readAssignmentsOn(ctx, provisioned, y.of(ssoAssignments))
}

// readAssignmentsOf follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
// What a user has through a group is told for the group, so that it is left out
// for the user.
func readAssignmentsOf(ctx readContext, principals []snapshot.Part, b *snapshot.Batch) error {
	return ctx.eachInstance(func(i instance) error {
		return ctx.sideBySide(principals, func(inner readContext, p snapshot.Part, add func(func(*snapshot.Batch))) error {
			kind := types.PrincipalTypeUser
			if p.Kind == snapshot.SSOGroup {
				kind = types.PrincipalTypeGroup
			}
			store, id, _ := strings.Cut(p.Key, "/")
			if store != i.store {
				return nil
			}
			pages := ssoadmin.NewListAccountAssignmentsForPrincipalPaginator(inner.sso(), &ssoadmin.ListAccountAssignmentsForPrincipalInput{
				InstanceArn: &i.arn, PrincipalId: &id, PrincipalType: kind, MaxResults: aws.Int32(ssoPage),
			})
			for page, err := range eachPage(inner, pages) {
				if err != nil {
					return err
				}
				add(func(b *snapshot.Batch) {
					for _, a := range page.AccountAssignments {
						if a.PrincipalType == kind && aws.ToString(a.PrincipalId) == id {
							b.Link(p.ID, snapshot.Assigned, accountRole(aws.ToString(a.PermissionSetArn), aws.ToString(a.AccountId)), nil)
						}
					}
				})
			}
			return nil
		}, b)
	})
}

// readAssignmentsOn follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignments.html
func readAssignmentsOn(ctx readContext, provisioned []snapshot.Part, b *snapshot.Batch) error {
	stores := map[string]string{}
	instances, err := ctx.instances()
	if err != nil {
		return err
	}
	for _, i := range instances {
		stores[i.arn] = i.store
	}
	return ctx.sideBySide(provisioned, func(inner readContext, p snapshot.Part, add func(func(*snapshot.Batch))) error {
		set, account, _ := strings.Cut(p.Key, "@")
		home := instanceOf(set)
		pages := ssoadmin.NewListAccountAssignmentsPaginator(inner.sso(), &ssoadmin.ListAccountAssignmentsInput{
			InstanceArn: &home, PermissionSetArn: &set, AccountId: &account, MaxResults: aws.Int32(ssoPage),
		})
		for page, err := range eachPage(inner, pages) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, a := range page.AccountAssignments {
					b.Link(assignee(stores[home], a.PrincipalType, aws.ToString(a.PrincipalId)), snapshot.Assigned, p.ID, nil)
				}
			})
		}
		return nil
	}, b)
}

// readApplications follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListApplications.html
func readApplications(ctx readContext, y *yield) error {
	b := y.of(ssoApps)
	return ctx.eachInstance(func(i instance) error {
		pages := ssoadmin.NewListApplicationsPaginator(ctx.sso(), &ssoadmin.ListApplicationsInput{InstanceArn: &i.arn, MaxResults: aws.Int32(ssoPage)})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, a := range page.Applications {
				id := snapshot.ID{Kind: snapshot.Application, Key: aws.ToString(a.ApplicationArn)}
				b.Add(id, aws.ToString(a.ApplicationAccount), aws.ToString(a.Name), snapshot.ApplicationBody{
					Provider: aws.ToString(a.ApplicationProviderArn), Description: aws.ToString(a.Description),
					Status: string(a.Status), Account: aws.ToString(a.ApplicationAccount),
				})
				if err := readAppAssignments(ctx, i, id, b); err != nil && !isGone(err) {
					return err
				}
			}
		}
		return nil
	})
}

func readAppAssignments(ctx readContext, i instance, app snapshot.ID, b *snapshot.Batch) error {
	pages := ssoadmin.NewListApplicationAssignmentsPaginator(ctx.sso(), &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: aws.String(app.Key), MaxResults: aws.Int32(ssoPage)})
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, a := range page.ApplicationAssignments {
			b.Link(assignee(i.store, a.PrincipalType, aws.ToString(a.PrincipalId)), snapshot.Assigned, app, nil)
		}
	}
	return nil
}

// readIssuers follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListTrustedTokenIssuers.html
func readIssuers(ctx readContext, y *yield) error {
	b := y.of(ssoIssuers)
	return ctx.eachInstance(func(i instance) error {
		pages := ssoadmin.NewListTrustedTokenIssuersPaginator(ctx.sso(), &ssoadmin.ListTrustedTokenIssuersInput{InstanceArn: &i.arn})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, t := range page.TrustedTokenIssuers {
				b.Add(snapshot.ID{Kind: snapshot.TokenIssuer, Key: aws.ToString(t.TrustedTokenIssuerArn)}, "", aws.ToString(t.Name), nil)
			}
		}
		return nil
	})
}
