package snapshot

import (
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Facets lists all facets.
func Facets() []Facet {
	return []Facet{
		IAMUsers, IAMUserDetails, IAMGroups, IAMMemberships, IAMRoles, IAMRoleDetails, IAMPolicies,
		IAMAttachments, IAMProfiles, IAMSAMLProviders, IAMOIDCProviders, IAMAliases, IAMSummary,
		IAMPasswordPolicy, IAMCredentials, IAMAccessKeys, IAMAccessKeyIDs, IAMAccessKeyUse, IAMMFADevices,
		IAMHardwareDevices, IAMSSHKeys, IAMServiceCredentials, IAMPolicyDocuments, IAMBoundaryPolicies,
		IAMBoundaryDocuments, IAMOIDCProviderDetails,
		OrgItself, OrgRoots, OrgUnits, OrgAccounts, OrgAccountUnits, OrgTags, OrgDelegates, OrgDelegated,
		OrgPolicies, OrgPolicyDocuments, OrgPolicyTargets, OrgResourcePolicies, OrgResourcePolicyDocuments,
		OrgResourcePolicyTargets,
		SSOInstances, SSOUsers, SSOUserStatus, SSOGroups, SSOMemberships, SSOSets, SSOSetDetails,
		SSOAccountRoles, SSOAssignments, SSOTokenIssuers, SSOApplications, SSOApplicationAssignments,
		SSOSetPolicies, SSOSetCustomerPolicies, SSOSetInlinePolicies, SSOSetBoundaries,
		DerivedRoles, DerivedAccounts, DerivedPeople,
	}
}

// statuses lists all statuses.
func statuses() []Status { return []Status{OK, Denied, Throttled, Failed, Skipped, Held} }

// known returns an error for a line with a facet, status, kind or relation that there is
// not: no listing and no sync would come to what it holds.
func (l line) known() *fault.Error {
	switch {
	case l.Cell != nil && !slices.Contains(Facets(), l.Cell.Facet):
		return unknownWord("facet", l.Cell.Facet, Facets())
	case l.Cell != nil && !slices.Contains(statuses(), l.Cell.Status):
		return unknownWord("status", l.Cell.Status, statuses())
	case l.Part != nil:
		return knownKind(l.Part.Kind)
	case l.Edge != nil:
		return l.Edge.known()
	}
	return nil
}

func (e *Edge) known() *fault.Error {
	for _, kind := range []Kind{e.From.Kind, e.To.Kind} {
		if f := knownKind(kind); f != nil {
			return f
		}
	}
	var relations []Relation
	for _, info := range Relations() {
		relations = append(relations, info.Relation)
	}
	if slices.Contains(relations, e.Relation) {
		return nil
	}
	return unknownWord("relation", e.Relation, relations)
}

func knownKind(kind Kind) *fault.Error {
	if slices.Contains(Kinds(), kind) {
		return nil
	}
	return unknownWord("kind", kind, Kinds())
}

func unknownWord[T ~string](what string, word T, known []T) *fault.Error {
	f := fault.New(fault.Invalid, "there is no %s %q", what, string(word)).
		WithFix("correct it (docs/snapshot.md), or use the Hawser that wrote the file, if it is a newer one")
	var words []string
	for _, k := range known {
		words = append(words, string(k))
	}
	if near := fault.Nearest(string(word), words); near != "" {
		f = f.WithCause("did you mean %s?", near)
	}
	return f
}
