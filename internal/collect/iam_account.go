package collect

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// afterSlash is the last part of an ARN.
func afterSlash(arn string) string { return arn[strings.Index(arn, "/")+1:] }

// accountID is the entity of an account.
func accountID(id string) snapshot.ID { return snapshot.ID{Kind: snapshot.Account, Key: id} }

// ownerOf is the user, or the root user, of an ARN.
func ownerOf(arn string) snapshot.ID {
	if strings.HasSuffix(arn, ":root") {
		return snapshot.ID{Kind: snapshot.Root, Key: arn}
	}
	return snapshot.ID{Kind: snapshot.User, Key: arn}
}

// readAliases follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
func readAliases(ctx readContext, y *yield) error {
	out, err := ctx.iam().ListAccountAliases(ctx, &iam.ListAccountAliasesInput{})
	if err != nil {
		return err
	}
	y.of(iamAliases).Tell(accountID(ctx.account), ctx.account, snapshot.AccountIAMBody{Aliases: out.AccountAliases})
	return nil
}

// readSummary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func readSummary(ctx readContext, y *yield) error {
	out, err := ctx.iam().GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		return err
	}
	y.of(iamSummary).Tell(accountID(ctx.account), ctx.account, snapshot.AccountIAMBody{Summary: out.SummaryMap})
	return nil
}

// readPasswords follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
// An account without a policy of its own has none here.
func readPasswords(ctx readContext, y *yield) error {
	b := y.of(iamPasswords)
	out, err := ctx.iam().GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	var none *types.NoSuchEntityException
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return err
	}
	b.Tell(accountID(ctx.account), ctx.account, snapshot.AccountIAMBody{PasswordPolicy: out.PasswordPolicy})
	return nil
}
