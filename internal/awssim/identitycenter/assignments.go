package identitycenter

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
)

// Principal is a user or a group, to whom things are assigned.
type Principal struct {
	Type types.PrincipalType
	ID   string
}

// key orders principals in listings.
func (p Principal) key() string { return string(p.Type) + "/" + p.ID }

// knows reports whether the identity store has a principal.
func (i *Instance) knows(p Principal) bool {
	if p.Type == types.PrincipalTypeGroup {
		return i.groups[p.ID] != nil
	}
	return i.users[p.ID] != nil
}

// createAssignment begins to assign; it ends well for what is assigned already.
func createAssignment(i *Instance, c *awssim.Call, s *PermissionSet, in *ssoadmin.CreateAccountAssignmentInput) (*ssoadmin.CreateAccountAssignmentOutput, error) {
	op := &operation{kind: creating, set: s, account: *in.TargetId, principal: Principal{in.PrincipalType, *in.PrincipalId}}
	if err := i.begin(c, op); err != nil {
		return nil, err
	}
	return &ssoadmin.CreateAccountAssignmentOutput{AccountAssignmentCreationStatus: op.assignmentStatus()}, nil
}

func deleteAssignment(i *Instance, c *awssim.Call, s *PermissionSet, in *ssoadmin.DeleteAccountAssignmentInput) (*ssoadmin.DeleteAccountAssignmentOutput, error) {
	op := &operation{kind: deleting, set: s, account: *in.TargetId, principal: Principal{in.PrincipalType, *in.PrincipalId}}
	if p := s.provisions[op.account]; (p == nil || !p.principals[op.principal]) && !i.conflicts(op) {
		return nil, notFound("The account assignment was not found.")
	}
	if err := i.begin(c, op); err != nil {
		return nil, err
	}
	return &ssoadmin.DeleteAccountAssignmentOutput{AccountAssignmentDeletionStatus: op.assignmentStatus()}, nil
}

func listAssignments(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.ListAccountAssignmentsInput) (*ssoadmin.ListAccountAssignmentsOutput, error) {
	var principals []Principal
	if p := s.provisions[*in.AccountId]; p != nil {
		principals = p.sorted()
	}
	principals, next, err := page(principals, Principal.key, in.MaxResults, in.NextToken)
	return &ssoadmin.ListAccountAssignmentsOutput{NextToken: next, AccountAssignments: awssim.Each(principals, func(p Principal) types.AccountAssignment {
		return types.AccountAssignment{AccountId: in.AccountId, PermissionSetArn: &s.ARN, PrincipalId: &p.ID, PrincipalType: p.Type}
	})}, err
}

// listAssignmentsForPrincipal gives a user's assignments through groups, too,
// with the group as their principal.
func listAssignmentsForPrincipal(i *Instance, _ *awssim.Call, in *ssoadmin.ListAccountAssignmentsForPrincipalInput) (*ssoadmin.ListAccountAssignmentsForPrincipalOutput, error) {
	p := Principal{in.PrincipalType, *in.PrincipalId}
	if !i.knows(p) {
		return nil, notFound("%s not found.", in.PrincipalType)
	}
	found := awssim.Only(i.assigned(p), func(a Assignment) bool {
		return in.Filter == nil || in.Filter.AccountId == nil || *in.Filter.AccountId == a.Account
	})
	found, next, err := page(found, Assignment.key, in.MaxResults, in.NextToken)
	return &ssoadmin.ListAccountAssignmentsForPrincipalOutput{NextToken: next, AccountAssignments: awssim.Each(found, func(a Assignment) types.AccountAssignmentForPrincipal {
		return types.AccountAssignmentForPrincipal{AccountId: &a.Account, PermissionSetArn: &a.Set.ARN, PrincipalId: &a.ID, PrincipalType: a.Type}
	})}, err
}

// Assignment is a permission set's to a principal in an account.
type Assignment struct {
	Principal
	Account string
	Set     *PermissionSet
}

func (a Assignment) key() string { return a.Account + a.Set.ARN + a.Principal.key() }

// assigned gives what a principal has, a user through groups as well, in the
// order of the keys.
func (i *Instance) assigned(p Principal) []Assignment {
	who := []Principal{p}
	if u := i.users[p.ID]; u != nil && p.Type == types.PrincipalTypeUser {
		for id := range u.groups {
			who = append(who, Principal{types.PrincipalTypeGroup, id})
		}
	}
	var out []Assignment
	for _, s := range i.sets {
		for account, provision := range s.provisions {
			for _, p := range who {
				if provision.principals[p] {
					out = append(out, Assignment{p, account, s})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Assignment) int { return strings.Compare(a.key(), b.key()) })
	return out
}

func listAccountsForSet(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.ListAccountsForProvisionedPermissionSetInput) (*ssoadmin.ListAccountsForProvisionedPermissionSetOutput, error) {
	var accounts []string
	for id, p := range s.provisions {
		if wantedStatus(in.ProvisioningStatus, s, p) {
			accounts = append(accounts, id)
		}
	}
	slices.Sort(accounts)
	accounts, next, err := page(accounts, func(id string) string { return id }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListAccountsForProvisionedPermissionSetOutput{AccountIds: awssim.Each(accounts, strings.Clone), NextToken: next}, err
}

func listSetsForAccount(i *Instance, _ *awssim.Call, in *ssoadmin.ListPermissionSetsProvisionedToAccountInput) (*ssoadmin.ListPermissionSetsProvisionedToAccountOutput, error) {
	sets := awssim.Only(awssim.InOrder(i.sets), func(s *PermissionSet) bool {
		p := s.provisions[aws.ToString(in.AccountId)]
		return p != nil && wantedStatus(in.ProvisioningStatus, s, p)
	})
	sets, next, err := page(sets, setARN, in.MaxResults, in.NextToken)
	return &ssoadmin.ListPermissionSetsProvisionedToAccountOutput{PermissionSets: awssim.Each(sets, setARN), NextToken: next}, err
}

// wantedStatus reports whether what is provisioned is as new, or as old, as was
// asked for.
func wantedStatus(asked types.ProvisioningStatus, s *PermissionSet, p *provision) bool {
	switch asked {
	case types.ProvisioningStatusLatestPermissionSetProvisioned:
		return p.revision == s.revision
	case types.ProvisioningStatusLatestPermissionSetNotProvisioned:
		return p.revision != s.revision
	}
	return true
}
