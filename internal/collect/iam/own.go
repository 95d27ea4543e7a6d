package iam

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// A sync uses a role or a key, so that its last use changes with each one. It is marked
// as Hawser's own.

// ownRole marks the last use of a role that is the one with which Hawser reads.
func ownRole(self collect.Self, role string, use *snapshot.LastUsed) *snapshot.LastUsed {
	own, _ := arn.Parse(self.ARN)
	its, _ := arn.Parse(role)
	name, _, _ := strings.Cut(own.ID(), "/") // a session's ARN leaves the role's path out
	if own.Type() != "assumed-role" || its.Type() != "role" || own.Account != its.Account || name != its.Name() {
		return use
	}
	return marked(use)
}

// ownKey marks the last use of a key with which Hawser reads. If the key's ID is not
// known, it is taken to be one of the user's active keys.
func ownKey(self collect.Self, key snapshot.KeyBody) *snapshot.LastUsed {
	if key.ID != "" && slices.Contains(self.Keys, key.ID) || key.ID == "" && key.Active && key.User == self.ARN {
		return marked(key.Used)
	}
	return key.Used
}

func marked(use *snapshot.LastUsed) *snapshot.LastUsed {
	if use == nil {
		return nil
	}
	own := *use
	own.Own = true
	return &own
}
