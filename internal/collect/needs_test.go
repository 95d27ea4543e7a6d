package collect_test

import (
	"slices"
	"testing"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// TestNeedsTellFallbacksApart wants the calls that are made first, and those that stand in
// for them.
func TestNeedsTellFallbacksApart(t *testing.T) {
	needs := sources.New().Needs(collect.Options{Keys: collect.IDKeys})
	for action, fallback := range map[string]bool{
		"iam:GetAccountAuthorizationDetails": false,
		"iam:ListUsers":                      true,
		"iam:GetCredentialReport":            false,
		"organizations:ListAccounts":         false,
	} {
		at := slices.IndexFunc(needs, func(n collect.Need) bool { return n.Action == action })
		if at < 0 {
			t.Errorf("nothing needs %s", action)
		} else if needs[at].Fallback != fallback {
			t.Errorf("%s is a fallback: %t", action, needs[at].Fallback)
		}
	}
}

// TestNeedsFollowOptions wants no action for what a sync leaves out.
func TestNeedsFollowOptions(t *testing.T) {
	needs := func(o collect.Options) bool {
		return slices.ContainsFunc(sources.New().Needs(o), func(n collect.Need) bool { return n.Action == "iam:ListSSHPublicKeys" })
	}
	if needs(collect.Options{}) || !needs(collect.Options{SSHKeys: true}) {
		t.Error("iam:ListSSHPublicKeys does not follow the option ssh_keys")
	}
	fresh := sources.New().Needs(collect.Options{Keys: collect.FreshKeys})
	at := slices.IndexFunc(fresh, func(n collect.Need) bool {
		return n.Action == "iam:ListAccessKeys" && slices.Contains(n.Facets, snapshot.IAMAccessKeys)
	})
	if at < 0 || fresh[at].Fallback {
		t.Error("iam:ListAccessKeys is not the first call of a sync that asks for fresh keys")
	}
}

// TestNeedsAreAllActions holds the needs of a sync with every option against its actions.
func TestNeedsAreAllActions(t *testing.T) {
	engine := sources.New()
	have := map[string]bool{}
	for _, o := range []collect.Options{{SSHKeys: true, Keys: collect.IDKeys}, {SSHKeys: true, Keys: collect.FreshKeys}} {
		for _, n := range engine.Needs(o) {
			have[n.Action] = true
		}
	}
	for _, action := range engine.Actions() {
		if !have[action] {
			t.Errorf("no need has %s", action)
		}
	}
}
