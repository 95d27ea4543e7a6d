package organizations

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// creationTime is how long AWS takes to make an account, in simulated time.
const creationTime = 20 * time.Second

// memberRole is the role that a new account is reached by where the caller
// names none.
const memberRole = "OrganizationAccountAccessRole"

// creation is a request for an account.
type creation struct {
	id, name, email, role string
	tags                  map[string]string
	asked, due, done      time.Time
	state                 types.CreateAccountState
	failure               types.CreateAccountFailureReason
	account               string
}

func describeAccount(o *Organization, _ *awssim.Call, in *organizations.DescribeAccountInput) (*organizations.DescribeAccountOutput, error) {
	n, err := o.needAccount(in.AccountId)
	if err != nil {
		return nil, err
	}
	account := n.asAccount()
	return &organizations.DescribeAccountOutput{Account: &account}, nil
}

// needAccount finds an account or answers that there is none.
func (o *Organization) needAccount(id *string) (*Node, error) {
	n := o.account(aws.ToString(id))
	if n == nil {
		return nil, awssim.Errorf("AccountNotFoundException", "You specified an account that doesn't exist.")
	}
	return n, nil
}

func listAccounts(o *Organization, _ *awssim.Call, in *organizations.ListAccountsInput) (*organizations.ListAccountsOutput, error) {
	accounts := awssim.Only(awssim.InOrder(o.nodes), func(n *Node) bool { return n.Kind == types.TargetTypeAccount })
	accounts, next, err := page(accounts, nodeID, in.MaxResults, in.NextToken)
	return &organizations.ListAccountsOutput{Accounts: awssim.Each(accounts, (*Node).asAccount), NextToken: next}, err
}

// asAccount is the account as AWS lists it. Status is the older field, which
// knows fewer states.
func (n *Node) asAccount() types.Account {
	return types.Account{
		Id: &n.ID, Arn: aws.String(n.arn()), Name: aws.String(n.Name), Email: &n.Email, State: n.state, Status: n.status(),
		JoinedMethod: n.Method, JoinedTimestamp: &n.Joined, Paths: []string{n.path()},
	}
}

func (n *Node) status() types.AccountStatus {
	switch n.state {
	case types.AccountStateClosed, types.AccountStateSuspended:
		return types.AccountStatusSuspended
	case types.AccountStatePendingClosure:
		return types.AccountStatusPendingClosure
	}
	return types.AccountStatusActive
}

// createAccount begins to make an account; whether it can be made shows in the
// request's status.
func createAccount(o *Organization, c *awssim.Call, in *organizations.CreateAccountInput) (*organizations.CreateAccountOutput, error) {
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	now := c.Now()
	request := &creation{
		id: "car-" + o.mint.text(32), name: *in.AccountName, email: *in.Email, role: memberRole, tags: tags,
		asked: now, due: now.Add(c.World.Clock.Scaled(creationTime)), state: types.CreateAccountStateInProgress,
	}
	if in.RoleName != nil {
		request.role = *in.RoleName
	}
	o.requests[request.id] = request
	return &organizations.CreateAccountOutput{CreateAccountStatus: request.status()}, nil
}

// finish makes the account that was asked for, with the role by which the
// management account reaches it, an administrator. See
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
func (o *Organization) finish(c *creation) {
	c.done = c.due
	if o.reg.emails[c.email] != "" {
		c.state, c.failure = types.CreateAccountStateFailed, types.CreateAccountFailureReasonEmailAlreadyExists
		return
	}
	id := o.mint.accountID()
	for o.reg.world.Account(id) != nil {
		id = o.mint.accountID()
	}
	account := o.reg.world.AddAccountIn(o.partition, id, c.name)
	role, err := account.AddRole(c.role, trustOf(o.partition, o.Management.ID))
	if err == nil {
		err = role.AttachAWS("AdministratorAccess")
	}
	if err != nil {
		c.state, c.failure = types.CreateAccountStateFailed, types.CreateAccountFailureReasonInternalFailure
		return
	}
	node := o.join(o.Root, account, c.email, types.AccountJoinedMethodCreated)
	node.Tags, node.Joined = c.tags, c.done
	c.state, c.account = types.CreateAccountStateSucceeded, id
}

// trustOf is the trust policy of the role that new accounts have.
func trustOf(partition, management string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:` + partition + `:iam::` + management +
		`:root"},"Action":"sts:AssumeRole"}]}`
}

func (c *creation) status() *types.CreateAccountStatus {
	out := &types.CreateAccountStatus{
		Id: &c.id, AccountName: &c.name, State: c.state, FailureReason: c.failure, RequestedTimestamp: &c.asked,
	}
	if c.account != "" {
		out.AccountId = aws.String(c.account)
	}
	if !c.done.IsZero() {
		out.CompletedTimestamp = aws.Time(c.done)
	}
	return out
}

func describeCreateAccountStatus(o *Organization, _ *awssim.Call, in *organizations.DescribeCreateAccountStatusInput) (*organizations.DescribeCreateAccountStatusOutput, error) {
	request := o.requests[aws.ToString(in.CreateAccountRequestId)]
	if request == nil {
		return nil, awssim.Errorf("CreateAccountStatusNotFoundException", "You specified a create account request ID that doesn't exist.")
	}
	return &organizations.DescribeCreateAccountStatusOutput{CreateAccountStatus: request.status()}, nil
}

func listCreateAccountStatus(o *Organization, _ *awssim.Call, in *organizations.ListCreateAccountStatusInput) (*organizations.ListCreateAccountStatusOutput, error) {
	wanted := make(map[types.CreateAccountState]bool, len(in.States))
	for _, s := range in.States {
		wanted[s] = true
	}
	requests := awssim.Only(awssim.InOrder(o.requests), func(c *creation) bool { return len(wanted) == 0 || wanted[c.state] })
	requests, next, err := page(requests, func(c *creation) string { return c.id }, in.MaxResults, in.NextToken)
	return &organizations.ListCreateAccountStatusOutput{
		CreateAccountStatuses: awssim.Each(requests, func(c *creation) types.CreateAccountStatus { return *c.status() }), NextToken: next,
	}, err
}

func moveAccount(o *Organization, _ *awssim.Call, in *organizations.MoveAccountInput) (*organizations.MoveAccountOutput, error) {
	n, err := o.needAccount(in.AccountId)
	if err != nil {
		return nil, err
	}
	from, to := o.parent(*in.SourceParentId), o.parent(*in.DestinationParentId)
	switch {
	case from == nil || n.parent != from:
		return nil, awssim.Errorf("SourceParentNotFoundException", "You specified a source parent that doesn't exist.")
	case to == nil:
		return nil, awssim.Errorf("DestinationParentNotFoundException", "You specified a destination parent that doesn't exist.")
	case from == to:
		return nil, awssim.Errorf("DuplicateAccountException", "The account is already present in the specified destination.")
	}
	delete(from.children, n.ID)
	to.children[n.ID], n.parent = n, to
	return &organizations.MoveAccountOutput{}, nil
}

func leaveOrganization(o *Organization, c *awssim.Call, _ *organizations.LeaveOrganizationInput) (*organizations.LeaveOrganizationOutput, error) {
	return &organizations.LeaveOrganizationOutput{}, o.leave(o.nodes[c.Account.ID])
}

func removeAccount(o *Organization, _ *awssim.Call, in *organizations.RemoveAccountFromOrganizationInput) (*organizations.RemoveAccountFromOrganizationOutput, error) {
	n, err := o.needAccount(in.AccountId)
	if err == nil {
		err = o.leave(n)
	}
	return &organizations.RemoveAccountFromOrganizationOutput{}, err
}

// leave takes an account out, where nothing holds it.
func (o *Organization) leave(n *Node) error {
	switch {
	case n == o.Management:
		return awssim.Errorf("MasterCannotLeaveOrganizationException", "You can't remove a management account from an organization.")
	case len(o.delegates[n.ID]) > 0:
		return violation(types.ConstraintViolationExceptionReasonCannotRemoveDelegatedAdministratorFromOrg,
			"You can't remove an account that is a delegated administrator of a service.")
	}
	o.forget(n)
	return nil
}

// forget takes an account's node out of the organization. The account goes on by itself,
// and keeps its email.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_RemoveAccountFromOrganization.html
func (o *Organization) forget(n *Node) {
	o.drop(n)
	delete(o.reg.member, n.ID)
}

// drop takes a node away, with what is attached to it.
func (o *Organization) drop(n *Node) {
	for _, p := range n.attached {
		p.detach(n)
	}
	delete(n.parent.children, n.ID)
	delete(o.nodes, n.ID)
}
