package collect

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// leftOut is why something is not read on purpose.
type leftOut string

func (l leftOut) Error() string { return string(l) }

// users are the account's, of this run's answer, or where an earlier part of the
// run read them of the picture.
func (ctx readContext) users() ([]snapshot.Part, error) {
	users := slices.Clone(ctx.seen.of(iamUsers).Parts)
	if len(users) > 0 {
		return users, nil
	}
	err := ctx.each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, Account: ctx.account}, func(e snapshot.Seen) error {
		users = append(users, snapshot.Part{ID: e.ID, Name: e.Name})
		return nil
	})
	return users, err
}

// readServiceCredentials follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
// One listing brings those of all users.
func readServiceCredentials(ctx readContext, y *yield) error {
	users, err := ctx.users()
	if err != nil {
		return err
	}
	byName := map[string]snapshot.ID{}
	for _, u := range users {
		byName[u.Name] = u.ID
	}
	b := y.of(iamServiceCredentials)
	var marker *string
	for {
		page, err := ctx.iam().ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{
			AllUsers: aws.Bool(true), Marker: marker, MaxItems: aws.Int32(detailsPage),
		})
		if err != nil {
			return err
		}
		for _, c := range page.ServiceSpecificCredentials {
			addServiceCredential(b, ctx.account, byName[aws.ToString(c.UserName)], c)
		}
		if !page.IsTruncated {
			return nil
		}
		if aws.ToString(page.Marker) == aws.ToString(marker) {
			return errCircle()
		}
		marker = page.Marker
	}
}

func addServiceCredential(b *snapshot.Batch, account string, owner snapshot.ID, c types.ServiceSpecificCredentialMetadata) {
	id := snapshot.ID{Kind: snapshot.ServiceCredential, Key: aws.ToString(c.ServiceSpecificCredentialId)}
	b.Add(id, account, aws.ToString(c.ServiceName), snapshot.ServiceCredentialBody{
		User: owner.Key, Service: aws.ToString(c.ServiceName), Status: string(c.Status),
		Alias:   aws.ToString(c.ServiceCredentialAlias) + aws.ToString(c.ServiceUserName), // it has one of the two
		Created: utc(c.CreateDate), Expires: utc(c.ExpirationDate),
	})
	if owner.Key != "" {
		b.Link(owner, snapshot.Owns, id, nil)
	}
}

// readSSHKeys follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
// which wants a call for each user, so that it is done where it is asked for.
func readSSHKeys(ctx readContext, y *yield) error {
	if !ctx.options.SSHKeys {
		return leftOut("it takes a call for each user; sync with --ssh-keys to read them")
	}
	users, err := ctx.users()
	if err != nil {
		return err
	}
	return ctx.sideBySide(users, func(inner readContext, u snapshot.Part, add func(func(*snapshot.Batch))) error {
		for page, err := range eachPage(inner, iam.NewListSSHPublicKeysPaginator(inner.iam(), &iam.ListSSHPublicKeysInput{UserName: aws.String(u.Name)})) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, k := range page.SSHPublicKeys {
					id := snapshot.ID{Kind: snapshot.SSHKey, Key: aws.ToString(k.SSHPublicKeyId)}
					b.Add(id, ctx.account, "", snapshot.SSHKeyBody{User: u.Key, Active: k.Status == types.StatusTypeActive, Uploaded: utc(k.UploadDate)})
					b.Link(u.ID, snapshot.Owns, id, nil)
				}
			})
		}
		return nil
	}, y.of(iamSSHKeys))
}
