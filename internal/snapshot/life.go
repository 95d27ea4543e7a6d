package snapshot

import "encoding/json"

// AccountEvent is what happened to an account of the organization.
type AccountEvent string

// The events. An account is closed when its closure was asked for. AWS suspends it
// then, and removes it from the organization after 90 days.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
const (
	Joined     AccountEvent = "joined"
	Suspended  AccountEvent = "suspended"
	Closed     AccountEvent = "closed"
	Reinstated AccountEvent = "reinstated"
	Left       AccountEvent = "left"
)

// Active is the state of an account that is in use; an account without a state is in
// use too.
const Active = "ACTIVE"

// Departed is the state that Hawser gives an account that left its organization.
const Departed = "LEFT"

// AccountEvent returns what a change of an account is; empty for other changes.
func (c Change) AccountEvent() AccountEvent {
	if c.ID.Kind != Account || c.Facet != OrgAccounts || c.To != nil {
		return ""
	}
	switch c.Type {
	case Appeared:
		return Joined
	case Went:
		return Left
	}
	var before, after AccountBody
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil || before.State == after.State {
		return ""
	}
	switch after.State {
	case "SUSPENDED":
		return Suspended
	case "PENDING_CLOSURE", "CLOSED":
		return Closed
	case Active:
		return Reinstated
	}
	return ""
}
