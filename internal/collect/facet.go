package collect

import (
	"slices"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// The facets that are read, each of which can fail by itself.
const (
	orgItself    snapshot.Facet = "org.organization"
	orgUnits     snapshot.Facet = "org.units"
	orgAccounts  snapshot.Facet = "org.accounts"
	orgTags      snapshot.Facet = "org.account-tags"
	orgPolicies  snapshot.Facet = "org.policies"
	orgDelegates snapshot.Facet = "org.delegated-administrators"

	iamUsers       snapshot.Facet = "iam.users"
	iamUserDetails snapshot.Facet = "iam.user-details" // tags, boundary
	iamGroups      snapshot.Facet = "iam.groups"
	iamMembers     snapshot.Facet = "iam.memberships"
	iamRoles       snapshot.Facet = "iam.roles"        // with trust policies
	iamRoleDetails snapshot.Facet = "iam.role-details" // tags, boundary, last use
	iamPolicies    snapshot.Facet = "iam.policies"     // managed, with the version in force
	iamAttachments snapshot.Facet = "iam.attachments"  // and inline policies
	iamProfiles    snapshot.Facet = "iam.instance-profiles"
	iamSAML        snapshot.Facet = "iam.saml-providers"
	iamOIDC        snapshot.Facet = "iam.oidc-providers"
	iamAliases     snapshot.Facet = "iam.account-aliases"
	iamSummary     snapshot.Facet = "iam.account-summary"
	iamPasswords   snapshot.Facet = "iam.password-policy"
	iamCredentials snapshot.Facet = "iam.credentials" // passwords, MFA, root
	iamKeys        snapshot.Facet = "iam.access-keys"
	iamKeyIDs      snapshot.Facet = "iam.access-key-ids"
	iamKeyUse      snapshot.Facet = "iam.access-key-last-used"
	iamMFA         snapshot.Facet = "iam.mfa-devices" // virtual ones
	iamHardwareMFA snapshot.Facet = "iam.mfa-hardware-devices"
	iamSSHKeys     snapshot.Facet = "iam.ssh-public-keys"

	iamServiceCredentials snapshot.Facet = "iam.service-specific-credentials"

	ssoInstances   snapshot.Facet = "sso.instances"
	ssoUsers       snapshot.Facet = "sso.users"
	ssoStatus      snapshot.Facet = "sso.user-status" // by SCIM
	ssoGroups      snapshot.Facet = "sso.groups"
	ssoMembers     snapshot.Facet = "sso.memberships"
	ssoSets        snapshot.Facet = "sso.permission-sets"
	ssoSetPolicies snapshot.Facet = "sso.permission-set-policies"
	ssoProvisioned snapshot.Facet = "sso.account-roles" // permission sets on accounts
	ssoAssignments snapshot.Facet = "sso.assignments"
	ssoApps        snapshot.Facet = "sso.applications"
	ssoIssuers     snapshot.Facet = "sso.token-issuers"
)

// yield is what was read of some facets: the batch of each, or why it could not
// be read.
type yield struct {
	batches map[snapshot.Facet]*snapshot.Batch
	errs    map[snapshot.Facet]error
	// asOf is when what was read was so, where that is before the run.
	asOf map[snapshot.Facet]time.Time
}

func newYield() *yield {
	return &yield{batches: map[snapshot.Facet]*snapshot.Batch{}, errs: map[snapshot.Facet]error{}, asOf: map[snapshot.Facet]time.Time{}}
}

// of is the batch of a facet that is being read.
func (y *yield) of(f snapshot.Facet) *snapshot.Batch {
	if y.batches[f] == nil {
		y.batches[f] = &snapshot.Batch{}
	}
	return y.batches[f]
}

// reading is one way to read some facets of a place. It yields every one of
// them, or fails for all; for some alone it puts an error into the yield.
type reading struct {
	name   string // the AWS call that it mainly makes
	facets []snapshot.Facet
	read   func(ctx readContext, y *yield) error
	// after are the facets that it goes on from: without them it is not read.
	after []snapshot.Facet
	// calls predicts how many calls of which actions it takes.
	calls func(Size) map[string]int
}

// source is a group of facets with the ways to read them, best first: a later
// one reads what the earlier ones were denied.
type source struct {
	name string
	ways []reading
	// lane is 0 for what others go on from; sources of other lanes are read side
	// by side with those of the rest.
	lane int
}

// facets are all that a source's ways read.
func (s source) facets() []snapshot.Facet {
	var all []snapshot.Facet
	for _, w := range s.ways {
		for _, f := range w.facets {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}
