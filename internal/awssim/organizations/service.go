package organizations

import (
	"cmp"
	"math/rand/v2"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
)

// Service is AWS Organizations. See
// https://docs.aws.amazon.com/organizations/latest/APIReference/
func Service(w *awssim.World) *awssim.Service {
	w.TellMembership(registryOf(w).membership)
	w.ManageRoots(func(caller, member *awssim.Account) bool { return managesRoot(w, caller, member) })
	// https://docs.aws.amazon.com/general/latest/gr/ao.html
	homes := map[string]string{"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
	return &awssim.Service{Model: "organizations", Homes: homes, Needs: needs, TagAction: tagAction, ReservedTag: reservedTag, Invalid: invalid, InvalidToken: invalidToken, Handlers: map[string]awssim.Handler{
		"CreateOrganization":   awssim.Op(createOrganization),
		"DeleteOrganization":   op(manager, deleteOrganization),
		"DescribeOrganization": op(anyone, describeOrganization),
		"LeaveOrganization":    op(anyone, leaveOrganization),

		"CreateAccount":                 op(manager, createAccount),
		"CloseAccount":                  op(manager, closeAccount),
		"DescribeAccount":               op(reader, describeAccount),
		"DescribeCreateAccountStatus":   op(reader, describeCreateAccountStatus),
		"ListAccounts":                  op(reader, listAccounts),
		"ListCreateAccountStatus":       op(reader, listCreateAccountStatus),
		"MoveAccount":                   op(manager, moveAccount),
		"RemoveAccountFromOrganization": op(manager, removeAccount),

		"CreateOrganizationalUnit":         op(manager, createUnit),
		"DeleteOrganizationalUnit":         op(manager, deleteUnit),
		"DescribeOrganizationalUnit":       op(reader, describeUnit),
		"ListAccountsForParent":            op(reader, listAccountsForParent),
		"ListChildren":                     op(reader, listChildren),
		"ListOrganizationalUnitsForParent": op(reader, listUnitsForParent),
		"ListParents":                      op(reader, listParents),
		"ListRoots":                        op(reader, listRoots),
		"UpdateOrganizationalUnit":         op(manager, updateUnit),

		"AttachPolicy":          op(manager, attachPolicy),
		"CreatePolicy":          op(manager, createPolicy),
		"DeletePolicy":          op(manager, deletePolicy),
		"DescribePolicy":        op(reader, describePolicy),
		"DetachPolicy":          op(manager, detachPolicy),
		"DisablePolicyType":     op(manager, disablePolicyType),
		"EnablePolicyType":      op(manager, enablePolicyType),
		"ListPolicies":          op(reader, listPolicies),
		"ListPoliciesForTarget": op(reader, listPoliciesForTarget),
		"ListTargetsForPolicy":  op(reader, listTargetsForPolicy),
		"UpdatePolicy":          op(manager, updatePolicy),

		"DeleteResourcePolicy":   op(manager, deleteResourcePolicy),
		"DescribeResourcePolicy": op(reader, describeResourcePolicy),
		"PutResourcePolicy":      op(manager, putResourcePolicy),

		"DeregisterDelegatedAdministrator":    op(manager, deregisterDelegate),
		"DisableAWSServiceAccess":             op(manager, disableService),
		"EnableAWSServiceAccess":              op(manager, enableService),
		"ListAWSServiceAccessForOrganization": op(reader, listServices),
		"ListDelegatedAdministrators":         op(reader, listDelegates),
		"ListDelegatedServicesForAccount":     op(reader, listDelegatedServices),
		"RegisterDelegatedAdministrator":      op(manager, registerDelegate),

		"ListTagsForResource": op(reader, listTags),
		"TagResource":         op(manager, tagResource),
		"UntagResource":       op(manager, untagResource),
	}}
}

// needs wants the operation to be allowed on everything of the organization's
// that the input names. See
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
func needs(c *awssim.Call, in any) []awssim.Need {
	r := registryOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.member[c.Account.ID]
	if o == nil {
		return nil
	}
	return o.needs(c, in)
}

func (o *Organization) needs(c *awssim.Call, in any) (all []awssim.Need) {
	ctx := o.conditions(in)
	for _, name := range []string{
		"AccountId", "ChildId", "DestinationParentId", "OrganizationalUnitId", "ParentId", "PolicyId", "ResourceId", "RootId", "SourceParentId", "TargetId",
	} {
		id, arn := awssim.Member(in, name), ""
		switch {
		case o.nodes[id] != nil:
			arn = o.nodes[id].arn()
		case o.policies[id] != nil:
			arn = o.policyARN(o.policies[id])
		default:
			continue
		}
		all = append(all, awssim.Need{Action: "organizations:" + c.Operation, Resource: arn, Context: ctx})
	}
	if len(all) == 0 {
		all = append(all, awssim.Need{Action: "organizations:" + c.Operation, Context: ctx})
	}
	return all
}

// conditions are the condition keys of a request: the type of the policies and the service
// that it names.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html#awsorganizations-policy-keys
func (o *Organization) conditions(in any) reference.Context {
	ctx := reference.Context{}
	kind := cmp.Or(awssim.Member(in, "PolicyType"), awssim.Member(in, "Filter"), awssim.Member(in, "Type"))
	if p := o.policies[cmp.Or(awssim.Member(in, "PolicyId"), awssim.Member(in, "ResourceId"))]; p != nil {
		kind = string(p.Type)
	}
	if kind != "" {
		ctx["organizations:policytype"] = []string{kind}
	}
	if service := awssim.Member(in, "ServicePrincipal"); service != "" {
		ctx["organizations:serviceprincipal"] = []string{service}
	}
	return ctx
}

// tagAction follows
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html
func tagAction(operation string) string {
	if strings.HasPrefix(operation, "Create") {
		return "TagResource"
	}
	return ""
}

// access says whose calls are let through.
type access int

const (
	anyone  access = iota // every account of the organization
	reader                // the management account, and who administers any service
	manager               // the management account
)

// op makes a handler that finds the caller's organization and holds it while
// f runs.
func op[I, O any](who access, f func(*Organization, *awssim.Call, *I) (*O, error)) awssim.Handler {
	return awssim.Op(func(c *awssim.Call, in *I) (*O, error) {
		r := registryOf(c.World)
		delegated := delegates(r, c, in)
		r.mu.Lock()
		defer r.mu.Unlock()
		o := r.member[c.Account.ID]
		if o == nil {
			return nil, awssim.Errorf("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
		}
		o.settle(c.Now())
		if !o.admits(c.Account.ID, who) && !delegated {
			return nil, awssim.Errorf("AccessDeniedException", "You don't have permissions to access this resource.")
		}
		return f(o, c, in)
	})
}

// delegates reports whether the organization's resource policy lets the caller's account
// make a request.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
func delegates(r *registry, c *awssim.Call, in any) bool {
	r.mu.Lock()
	o := r.member[c.Account.ID]
	var all []awssim.Need
	if o != nil && o.delegation != nil && c.Account.ID != o.Management.ID {
		all = o.needs(c, in)
		for i := range all {
			all[i].Owner, all[i].Policy = o.Management.ID, o.delegation.policy.Document()
		}
	}
	r.mu.Unlock()
	for _, need := range all {
		if c.Permit(need) != nil {
			return false
		}
	}
	return len(all) > 0
}

func (o *Organization) admits(account string, who access) bool {
	return who == anyone || account == o.Management.ID || who == reader && len(o.delegates[account]) > 0
}

// createOrganization is open to accounts that are in none.
func createOrganization(c *awssim.Call, in *organizations.CreateOrganizationInput) (*organizations.CreateOrganizationOutput, error) {
	r := registryOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.member[c.Account.ID] != nil {
		return nil, awssim.Errorf("AlreadyInOrganizationException", "The provided account is already a member of an organization.")
	}
	features := in.FeatureSet
	if features == "" {
		features = types.OrganizationFeatureSetAll
	}
	o := r.found(c.Account, "root+"+c.Account.ID+"@example.com", features, newMint(rand.Uint64()))
	return &organizations.CreateOrganizationOutput{Organization: o.describe()}, nil
}

func deleteOrganization(o *Organization, _ *awssim.Call, _ *organizations.DeleteOrganizationInput) (*organizations.DeleteOrganizationOutput, error) {
	if len(o.nodes) > 2 {
		return nil, awssim.Errorf("OrganizationNotEmptyException",
			"To delete an organization you must first remove all member accounts (except the management account), organizational units and policies.")
	}
	o.forget(o.Management)
	return &organizations.DeleteOrganizationOutput{}, nil
}

func describeOrganization(o *Organization, _ *awssim.Call, _ *organizations.DescribeOrganizationInput) (*organizations.DescribeOrganizationOutput, error) {
	return &organizations.DescribeOrganizationOutput{Organization: o.describe()}, nil
}

func (o *Organization) describe() *types.Organization {
	return &types.Organization{
		Id: &o.ID, Arn: aws.String(o.arn("organization/" + o.ID)), FeatureSet: o.features,
		MasterAccountId: &o.Management.ID, MasterAccountArn: aws.String(o.Management.arn()), MasterAccountEmail: &o.Management.Email,
		AvailablePolicyTypes: []types.PolicyTypeSummary{{Type: types.PolicyTypeServiceControlPolicy, Status: types.PolicyTypeStatusEnabled}},
	}
}

// arn makes an ARN of the organization, which has no region.
func (o *Organization) arn(resource string) string {
	return "arn:" + o.partition + ":organizations::" + o.Management.ID + ":" + resource
}

func (n *Node) arn() string {
	kind := map[types.TargetType]string{
		types.TargetTypeRoot: "root", types.TargetTypeOrganizationalUnit: "ou", types.TargetTypeAccount: "account",
	}[n.Kind]
	return n.org.arn(kind + "/" + n.org.ID + "/" + n.ID)
}

// path is the way from the organization down to a node, with a slash at its
// end, as aws:PrincipalOrgPath has it.
func (n *Node) path() string {
	if n.parent == nil {
		return n.org.ID + "/" + n.ID + "/"
	}
	return n.parent.path() + n.ID + "/"
}
