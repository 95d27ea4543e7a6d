package sso

import (
	"slices"

	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readSCIM reads which users are enabled, as
// https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html
// has it. Without an endpoint in the connection the Identity Store tells. The
// endpoint is one instance's: that of the account that is synced.
func readSCIM(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.SSOUserStatus)
	if !ctx.Session.HasSCIM() {
		return nil // what SCIM returned earlier may have changed
	}
	i, err := scimInstance(ctx)
	if err != nil {
		return err
	}
	users, err := ctx.Session.SCIMUsers(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		status := idtypes.UserStatusEnabled
		switch {
		case u.ID == "":
			return fault.New(fault.Unavailable, "the SCIM endpoint returned a user without an ID").WithFix("sync again")
		case u.Active == nil:
			continue
		case !*u.Active:
			status = idtypes.UserStatusDisabled
		}
		b.Tell(snapshot.SSOUserID(i.store, u.ID), "", snapshot.StatusBody{Status: string(status)})
	}
	return nil
}

// scimInstance returns the instance whose users the SCIM endpoint tells of: the only one,
// or the organization's beside those that accounts have for themselves.
func scimInstance(ctx collect.Context) (instance, error) {
	all, err := instances(ctx)
	if err != nil {
		return instance{}, err
	}
	of := all
	if management := managementAccount(ctx); len(all) > 1 && management != "" {
		of = slices.DeleteFunc(slices.Clone(all), func(i instance) bool { return i.owner != management })
	}
	if len(of) != 1 {
		return instance{}, fault.New(fault.Invalid, "the SCIM endpoint is for one instance, but Identity Center has %d instances here", len(all)).
			WithFix("remove scim from the connection: the Identity Store tells who is enabled")
	}
	return of[0], nil
}
