package collect

// Size is how large a place is, for predicting calls.
type Size struct {
	Users, Groups, Roles, Policies, Keys, NewKeys int
	Accounts, Units, OrgPolicies                  int
	SSOUsers, SSOGroups, Sets, Provisioned        int
}
