package awssim

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// updateAccountPasswordPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
// What is left out is set back.
func updateAccountPasswordPolicy(c *Call, in *iam.UpdateAccountPasswordPolicyInput) error {
	shortest := int32(6)
	if in.MinimumPasswordLength != nil {
		shortest = *in.MinimumPasswordLength
	}
	c.Account.passwords = &types.PasswordPolicy{
		MinimumPasswordLength: aws.Int32(shortest), RequireSymbols: in.RequireSymbols, RequireNumbers: in.RequireNumbers,
		RequireUppercaseCharacters: in.RequireUppercaseCharacters, RequireLowercaseCharacters: in.RequireLowercaseCharacters,
		AllowUsersToChangePassword: in.AllowUsersToChangePassword, ExpirePasswords: in.MaxPasswordAge != nil, MaxPasswordAge: in.MaxPasswordAge,
		PasswordReusePrevention: in.PasswordReusePrevention, HardExpiry: aws.Bool(aws.ToBool(in.HardExpiry)),
	}
	return nil
}

// passwordPolicy finds the account's policy, which is replaced and never
// changed.
func (c *Call) passwordPolicy() (*types.PasswordPolicy, error) {
	if p := c.Account.passwords; p != nil {
		return p, nil
	}
	return nil, noSuchEntity("The Password Policy with domain name %s cannot be found.", c.Account.ID)
}

// getAccountPasswordPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
func getAccountPasswordPolicy(c *Call, _ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
	p, err := c.passwordPolicy()
	return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: p}, err
}

// deleteAccountPasswordPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountPasswordPolicy.html
func deleteAccountPasswordPolicy(c *Call, _ *iam.DeleteAccountPasswordPolicyInput) error {
	_, err := c.passwordPolicy()
	c.Account.passwords = nil
	return err
}

// contents are the kinds of characters in a password.
type contents struct{ upper, lower, digit, symbol bool }

func contentsOf(password string) (k contents) {
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			k.upper = true
		case unicode.IsLower(r):
			k.lower = true
		case unicode.IsDigit(r):
			k.digit = true
		default:
			k.symbol = true
		}
	}
	return k
}

// allows checks a new password against the account's policy, or against AWS's default
// policy: eight characters of three kinds, and not the user's name. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
func (a *Account) allows(u *User, password string) error {
	refused := func(format string, args ...any) error { return Errorf("PasswordPolicyViolation", format, args...) }
	k, n := contentsOf(password), utf8.RuneCountInString(password)
	p := a.passwords
	if p == nil {
		kinds := 0
		for _, has := range []bool{k.upper, k.lower, k.digit, k.symbol} {
			if has {
				kinds++
			}
		}
		if n < 8 || kinds < 3 || strings.EqualFold(password, u.Name) {
			return refused("Password does not conform to the account password policy.")
		}
		return nil
	}
	switch {
	case n < int(*p.MinimumPasswordLength):
		return refused("Password should have a minimum length of %d", *p.MinimumPasswordLength)
	case p.RequireUppercaseCharacters && !k.upper:
		return refused("Password should have at least one uppercase letter")
	case p.RequireLowercaseCharacters && !k.lower:
		return refused("Password should have at least one lowercase letter")
	case p.RequireNumbers && !k.digit:
		return refused("Password should have at least one number")
	case p.RequireSymbols && !k.symbol:
		return refused("Password should have at least one symbol")
	}
	return nil
}
