package iam

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// ownerOf returns the user, or the root user, of an ARN.
func ownerOf(arn string) snapshot.ID {
	if strings.HasSuffix(arn, ":root") {
		return snapshot.Root.ID(arn)
	}
	return snapshot.User.ID(arn)
}

// readAliases follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
func readAliases(ctx collect.Context, o *collect.Output) error {
	var body snapshot.AccountIAMBody
	for page, err := range collect.Pages(ctx, iam.NewListAccountAliasesPaginator(client(ctx), &iam.ListAccountAliasesInput{})) {
		if err != nil {
			return err
		}
		body.Aliases = append(body.Aliases, page.AccountAliases...)
	}
	o.Batch(snapshot.IAMAliases).Tell(snapshot.Account.ID(ctx.Account), ctx.Account, body)
	return nil
}

// readSummary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func readSummary(ctx collect.Context, o *collect.Output) error {
	out, err := client(ctx).GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		return err
	}
	o.Batch(snapshot.IAMSummary).Tell(snapshot.Account.ID(ctx.Account), ctx.Account, snapshot.AccountIAMBody{Summary: out.SummaryMap})
	return nil
}

// readPasswords follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
// An account without a policy of its own gets no entity.
func readPasswords(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.IAMPasswordPolicy)
	out, err := client(ctx).GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	var none *types.NoSuchEntityException
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return err
	}
	b.Tell(snapshot.Account.ID(ctx.Account), ctx.Account, snapshot.AccountIAMBody{PasswordPolicy: out.PasswordPolicy})
	return nil
}

// nameOf returns the name at the end of an IAM entity's ARN.
func nameOf(text string) string {
	if a, ok := arn.Parse(text); ok {
		return a.Name()
	}
	return text
}

// providerOf returns the name of a provider, such as the host and path of an
// OpenID Connect provider.
func providerOf(text string) string {
	if a, ok := arn.Parse(text); ok {
		return a.ID()
	}
	return text
}

// accountOf returns the account of an ARN, "aws" for what AWS manages; empty for
// a text that is not an ARN.
func accountOf(text string) string {
	a, _ := arn.Parse(text)
	return a.Account
}
