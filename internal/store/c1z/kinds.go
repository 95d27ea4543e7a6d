package c1z

import "github.com/hawser/hawser/internal/snapshot"

// sort is the form of entities of one kind in a file. The IDs are those that
// ConductorOne's connector for AWS uses, if it has them.
type sort struct {
	ResourceType
	kinds   []snapshot.Kind
	slug    string   // of the entitlement that it is; empty for none
	purpose Purpose  // of the entitlement
	held    string   // what holding it is, for people: "%s" is its name
	by      []string // types of those who can hold it
}

// sorts returns all sorts in the order in which files have them.
func sorts() []sort {
	people, assumers := []string{"iam_user"}, []string{"iam_user", "role", "federated_user", "aws_service", "aws_principal"}
	attachable, inlined := []string{"iam_user", "role", "group"}, []string{"iam_user", "role", "group", "permission_set"}
	assignable := assignable()
	return []sort{
		{ResourceType: typed("organization", "Organization")}, // the root of its units
		{ResourceType: typed("organizational_unit", "Organizational Unit"), kinds: []snapshot.Kind{snapshot.Unit}},
		{ResourceType: typed("account", "Account", TraitApp), kinds: []snapshot.Kind{snapshot.Account}},
		{ResourceType: typed("iam_user", "IAM User", TraitUser), kinds: []snapshot.Kind{snapshot.User, snapshot.Root}},
		{ResourceType: typed("access-key", "Access Key", TraitSecret), kinds: []snapshot.Kind{snapshot.AccessKey}},
		{ResourceType: typed("sso_user", "SSO User", TraitUser), kinds: []snapshot.Kind{snapshot.SSOUser}},
		{ResourceType: typed("federated_user", "Federated User", TraitUser), kinds: []snapshot.Kind{snapshot.Federated}},
		{ResourceType: typed("aws_service", "AWS Service", TraitUser), kinds: []snapshot.Kind{snapshot.Service}},
		{ResourceType: typed("aws_principal", "Other Principal", TraitUser), kinds: []snapshot.Kind{snapshot.External}},
		{
			ResourceType: typed("group", "Group", TraitGroup), kinds: []snapshot.Kind{snapshot.Group},
			slug: "member", purpose: PurposeAssignment, held: "Is a member of the group %s", by: people,
		},
		{
			ResourceType: typed("sso_group", "SSO Group", TraitGroup), kinds: []snapshot.Kind{snapshot.SSOGroup},
			slug: "member", purpose: PurposeAssignment, held: "Is a member of the group %s of Identity Center", by: []string{"sso_user"},
		},
		{
			ResourceType: typed("role", "IAM Role", TraitRole), kinds: []snapshot.Kind{snapshot.Role},
			slug: "assignment", purpose: PurposeAssignment, held: "May assume the role %s", by: assumers,
		},
		{
			ResourceType: typed("iam_policy", "IAM Policy"), kinds: []snapshot.Kind{snapshot.Policy},
			slug: "attached", purpose: PurposePermission, held: "Has the managed policy %s", by: attachable,
		},
		{
			ResourceType: typed("inline_policy", "Inline Policy"), kinds: []snapshot.Kind{snapshot.InlinePolicy},
			slug: "attached", purpose: PurposePermission, held: "Has the inline policy %s", by: inlined,
		},
		{ResourceType: typed("permission_set", "Permission Set", TraitRole), kinds: []snapshot.Kind{snapshot.PermissionSet}},
		{
			ResourceType: typed("permission_set_assignment", "Permission Set Assignment", TraitRole), kinds: []snapshot.Kind{snapshot.AccountRole},
			slug: "assigned", purpose: PurposeAssignment, held: "Has the permission set %s", by: assignable,
		},
		{
			ResourceType: typed("application", "Application", TraitApp), kinds: []snapshot.Kind{snapshot.Application},
			slug: "assigned", purpose: PurposeAssignment, held: "May use the application %s", by: assignable,
		},
	}
}

// assignable are the types of those who can be assigned to something.
func assignable() []string { return []string{"sso_user", "sso_group"} }

func typed(id, name string, traits ...Trait) ResourceType {
	return ResourceType{ID: id, DisplayName: name, Traits: traits}
}

// catalogue finds sorts by kind and by type.
type catalogue struct {
	list  []sort
	kinds map[snapshot.Kind]sort
	types map[string]ResourceType
}

func newCatalogue() catalogue {
	c := catalogue{list: sorts(), kinds: map[snapshot.Kind]sort{}, types: map[string]ResourceType{}}
	for i := range c.list {
		s := &c.list[i]
		s.Bare = s.slug == "" && s.ID != accountType // an account has its permission sets
		c.types[s.ID] = s.ResourceType
		for _, kind := range s.kinds {
			c.kinds[kind] = *s
		}
	}
	return c
}
