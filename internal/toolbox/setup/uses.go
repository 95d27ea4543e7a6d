package setup

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/setup"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
)

// The features of a sync.
const (
	syncAccount      = "sync"
	syncKeys         = "sync.keys"
	syncOrganization = "sync.organization"
	syncCenter       = "sync.identity-center"
)

// keyFacets are read by the feature sync.keys.
var keyFacets = []snapshot.Facet{
	snapshot.IAMCredentials, snapshot.IAMAccessKeys, snapshot.IAMAccessKeyIDs, snapshot.IAMAccessKeyUse, snapshot.IAMSSHKeys, snapshot.IAMServiceCredentials,
}

// free are the actions that AWS allows without a permission.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
var free = []string{"sts:GetCallerIdentity"}

// feature is a name for --for, with the actions that it needs.
type feature struct {
	name string
	uses []setup.Use
}

// features returns what policies can be written for: each noun whose tools call AWS, and
// the parts of a sync.
func (b *box) features() []feature {
	var all []feature
	for _, t := range b.tools() {
		noun, _, _ := strings.Cut(t.Name, ".")
		uses := usesOf(t)
		if noun == "sync" || len(uses) == 0 {
			continue // what a sync calls depends on its options
		}
		all = add(all, noun, uses...)
	}
	for _, n := range sources.New().Needs(collect.Options{Keys: collect.IDKeys, SSHKeys: true}) {
		name := syncFeature(n)
		all = add(all, name, setup.Use{By: name, Action: n.Action, Resource: "*", Fallback: n.Fallback})
	}
	return all
}

// add adds uses to the feature of a name, which it makes if it is not there.
func add(all []feature, name string, uses ...setup.Use) []feature {
	at := slices.IndexFunc(all, func(f feature) bool { return f.name == name })
	if at < 0 {
		return append(all, feature{name, uses})
	}
	all[at].uses = append(all[at].uses, uses...)
	return all
}

// usesOf returns the actions that a tool's calls need a permission for.
func usesOf(t *tool.Tool) []setup.Use {
	var all []setup.Use
	for _, n := range t.Needs {
		if !slices.Contains(free, n.Action) {
			all = append(all, setup.Use{
				By: t.Name, Action: n.Action, Resource: n.Resource, When: n.When.String(), Without: n.Without, Changes: t.Effect != tool.Read,
			})
		}
	}
	return all
}

// syncFeature returns the feature to which a need of a sync belongs.
func syncFeature(n collect.Need) string {
	switch {
	case n.Scope == collect.Organization:
		return syncOrganization
	case n.Scope == collect.IdentityCenter:
		return syncCenter
	case slices.ContainsFunc(n.Facets, func(f snapshot.Facet) bool { return slices.Contains(keyFacets, f) }):
		return syncKeys
	}
	return syncAccount
}

// chosen returns the actions that features and tools need; those of all features if
// nothing is named.
func (b *box) chosen(features, tools []string) ([]setup.Use, error) {
	known := b.features()
	var uses []setup.Use
	for _, f := range known {
		if len(features)+len(tools) == 0 || slices.Contains(features, f.name) {
			uses = append(uses, f.uses...)
		}
	}
	for _, name := range features {
		if !slices.ContainsFunc(known, func(f feature) bool { return f.name == name }) {
			return nil, fault.New(fault.Invalid, "%q is not a feature", name).At("for").WithFix("choose among: %s", strings.Join(featureNames(known), ", "))
		}
	}
	for _, name := range tools {
		at := slices.IndexFunc(b.tools(), func(t *tool.Tool) bool { return t.Name == name })
		if at < 0 {
			return nil, fault.New(fault.Invalid, "there is no tool %q", name).At("tool").WithFix("hawser tools lists them")
		}
		uses = append(uses, usesOf(b.tools()[at])...)
	}
	return uses, nil
}

func featureNames(all []feature) []string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.name
	}
	slices.Sort(names)
	return names
}
