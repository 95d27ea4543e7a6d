package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// readServiceCredentials follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
// One listing has those of all users.
func readServiceCredentials(ctx collect.Context, o *collect.Output) error {
	byName := map[string]snapshot.ID{}
	for _, u := range ctx.Batch(snapshot.IAMUsers).Parts {
		byName[u.Name] = u.ID
	}
	b := o.Batch(snapshot.IAMServiceCredentials)
	var marker *string
	for {
		page, err := client(ctx).ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{
			AllUsers: aws.Bool(true), Marker: marker, MaxItems: aws.Int32(int32(pageSize(ctx.Options))),
		})
		if err != nil {
			return err
		}
		for _, c := range page.ServiceSpecificCredentials {
			addServiceCredential(b, ctx.Account, byName[aws.ToString(c.UserName)], c)
		}
		if !page.IsTruncated {
			return nil
		}
		if aws.ToString(page.Marker) == aws.ToString(marker) {
			return collect.ErrCircle()
		}
		marker = page.Marker
	}
}

func addServiceCredential(b *snapshot.Batch, account string, owner snapshot.ID, c types.ServiceSpecificCredentialMetadata) {
	id := snapshot.ServiceCredential.ID(aws.ToString(c.ServiceSpecificCredentialId))
	b.Add(id, account, aws.ToString(c.ServiceName), snapshot.ServiceCredentialBody{
		User: owner.Key, Service: aws.ToString(c.ServiceName), Status: string(c.Status),
		Alias:   aws.ToString(c.ServiceCredentialAlias) + aws.ToString(c.ServiceUserName), // it has one of the two
		Created: collect.UTC(c.CreateDate), Expires: collect.UTC(c.ExpirationDate),
	})
	if owner.Key != "" {
		b.Link(owner, snapshot.Owns, id, nil)
	}
}

// leaveSSHKeysOut leaves SSH keys out unless they are asked for.
func leaveSSHKeysOut(o collect.Options) map[snapshot.Facet]string {
	if o.SSHKeys {
		return nil
	}
	return map[snapshot.Facet]string{snapshot.IAMSSHKeys: "it takes a call for each user; sync with --ssh-keys to read them"}
}

// leaveIDsOut leaves the keys' IDs out where the report alone is asked for.
func leaveIDsOut(o collect.Options) map[snapshot.Facet]string {
	if o.Keys != collect.ReportKeys {
		return nil
	}
	return map[snapshot.Facet]string{snapshot.IAMAccessKeyIDs: "the credential report does not have them; sync with --keys ids to read them"}
}

// readSSHKeys follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
// which needs a call for each user, so it is only done on request.
func readSSHKeys(ctx collect.Context, o *collect.Output) error {
	return ctx.ForEach(ctx.Batch(snapshot.IAMUsers).Parts, func(inner collect.Context, u snapshot.Part, add func(func(*snapshot.Batch))) error {
		for page, err := range collect.Pages(inner, iam.NewListSSHPublicKeysPaginator(client(inner), &iam.ListSSHPublicKeysInput{UserName: aws.String(u.Name)})) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, k := range page.SSHPublicKeys {
					id := snapshot.SSHKey.ID(aws.ToString(k.SSHPublicKeyId))
					b.Add(id, ctx.Account, "", snapshot.SSHKeyBody{User: u.Key, Active: k.Status == types.StatusTypeActive, Uploaded: collect.UTC(k.UploadDate)})
					b.Link(u.ID, snapshot.Owns, id, nil)
				}
			})
		}
		return nil
	}, o.Batch(snapshot.IAMSSHKeys))
}
