package organizations

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

var principalForm = regexp.MustCompile(`^[\w+=,.@-]+\.amazonaws\.com$`)

// checkService wants the name of a service, such as "sso.amazonaws.com".
func checkService(name *string) error {
	if !principalForm.MatchString(aws.ToString(name)) {
		return invalidInput(types.InvalidInputExceptionReasonUnrecognizedServicePrincipal, "You specified an unrecognized service principal.")
	}
	return nil
}

func enableService(o *Organization, c *awssim.Call, in *organizations.EnableAWSServiceAccessInput) (*organizations.EnableAWSServiceAccessOutput, error) {
	if err := checkService(in.ServicePrincipal); err != nil {
		return nil, err
	}
	if _, ok := o.services[*in.ServicePrincipal]; !ok {
		o.services[*in.ServicePrincipal] = c.Now()
	}
	return &organizations.EnableAWSServiceAccessOutput{}, nil
}

func disableService(o *Organization, _ *awssim.Call, in *organizations.DisableAWSServiceAccessInput) (*organizations.DisableAWSServiceAccessOutput, error) {
	if err := checkService(in.ServicePrincipal); err != nil {
		return nil, err
	}
	for _, services := range o.delegates {
		if _, ok := services[*in.ServicePrincipal]; ok {
			return nil, violation(types.ConstraintViolationExceptionReasonDelegatedAdministratorExistsForThisService,
				"You must deregister all delegated administrators of the service first.")
		}
	}
	delete(o.services, *in.ServicePrincipal)
	return &organizations.DisableAWSServiceAccessOutput{}, nil
}

func listServices(o *Organization, _ *awssim.Call, in *organizations.ListAWSServiceAccessForOrganizationInput) (*organizations.ListAWSServiceAccessForOrganizationOutput, error) {
	names, next, err := page(slices.Sorted(maps.Keys(o.services)), same, in.MaxResults, in.NextToken)
	return &organizations.ListAWSServiceAccessForOrganizationOutput{NextToken: next, EnabledServicePrincipals: awssim.Each(names, func(name string) types.EnabledServicePrincipal {
		return types.EnabledServicePrincipal{ServicePrincipal: &name, DateEnabled: aws.Time(o.services[name])}
	})}, err
}

func same(s string) string { return s }

// registerDelegate follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
func registerDelegate(o *Organization, c *awssim.Call, in *organizations.RegisterDelegatedAdministratorInput) (*organizations.RegisterDelegatedAdministratorOutput, error) {
	if err := checkService(in.ServicePrincipal); err != nil {
		return nil, err
	}
	n, err := o.needAccount(in.AccountId)
	if err != nil {
		return nil, err
	}
	_, twice := o.delegates[n.ID][*in.ServicePrincipal]
	_, trusted := o.services[*in.ServicePrincipal]
	switch {
	case n == o.Management:
		return nil, violation(types.ConstraintViolationExceptionReasonCannotRegisterMasterAsDelegatedAdministrator, "You cannot register master account/management account as delegated administrator for your organization.")
	case n.state != types.AccountStateActive:
		return nil, violation(types.ConstraintViolationExceptionReasonCannotRegisterSuspendedAccountAsDelegatedAdministrator, "You cannot register a suspended account as a delegated administrator.")
	case twice:
		return nil, awssim.Errorf("AccountAlreadyRegisteredException", "The provided account is already a delegated administrator for your organization.")
	case !trusted:
		return nil, violation(types.ConstraintViolationExceptionReasonServiceAccessNotEnabled, "You must enable the service's access to the organization first.")
	}
	o.delegate(n.ID, *in.ServicePrincipal, c.Now())
	return &organizations.RegisterDelegatedAdministratorOutput{}, nil
}

func (o *Organization) delegate(account, service string, now time.Time) {
	if o.delegates[account] == nil {
		o.delegates[account] = make(map[string]time.Time)
	}
	o.delegates[account][service] = now
}

func deregisterDelegate(o *Organization, _ *awssim.Call, in *organizations.DeregisterDelegatedAdministratorInput) (*organizations.DeregisterDelegatedAdministratorOutput, error) {
	n, err := o.needAccount(in.AccountId)
	if err != nil {
		return nil, err
	}
	if _, ok := o.delegates[n.ID][*in.ServicePrincipal]; !ok {
		return nil, notRegistered()
	}
	delete(o.delegates[n.ID], *in.ServicePrincipal)
	if len(o.delegates[n.ID]) == 0 {
		delete(o.delegates, n.ID)
	}
	return &organizations.DeregisterDelegatedAdministratorOutput{}, nil
}

func notRegistered() error {
	return awssim.Errorf("AccountNotRegisteredException", "The provided account is not a registered delegated administrator for your organization.")
}

func listDelegates(o *Organization, _ *awssim.Call, in *organizations.ListDelegatedAdministratorsInput) (*organizations.ListDelegatedAdministratorsOutput, error) {
	accounts := awssim.Only(slices.Sorted(maps.Keys(o.delegates)), func(id string) bool {
		_, ok := o.delegates[id][aws.ToString(in.ServicePrincipal)]
		return ok || in.ServicePrincipal == nil
	})
	accounts, next, err := page(accounts, same, in.MaxResults, in.NextToken)
	return &organizations.ListDelegatedAdministratorsOutput{
		NextToken: next, DelegatedAdministrators: awssim.Each(accounts, func(id string) types.DelegatedAdministrator { return o.asDelegate(o.nodes[id]) }),
	}, err
}

// asDelegate has the date at which the account came to administer its first
// service.
func (o *Organization) asDelegate(n *Node) types.DelegatedAdministrator {
	var since time.Time
	for _, t := range o.delegates[n.ID] {
		if since.IsZero() || t.Before(since) {
			since = t
		}
	}
	return types.DelegatedAdministrator{
		Id: &n.ID, Arn: aws.String(n.arn()), Name: &n.Name, Email: &n.Email, State: n.state, Status: n.status(),
		JoinedMethod: n.Method, JoinedTimestamp: &n.Joined, DelegationEnabledDate: &since,
	}
}

func listDelegatedServices(o *Organization, _ *awssim.Call, in *organizations.ListDelegatedServicesForAccountInput) (*organizations.ListDelegatedServicesForAccountOutput, error) {
	n, err := o.needAccount(in.AccountId)
	if err != nil {
		return nil, err
	}
	services := o.delegates[n.ID]
	if len(services) == 0 {
		return nil, notRegistered()
	}
	names, next, err := page(slices.Sorted(maps.Keys(services)), same, in.MaxResults, in.NextToken)
	return &organizations.ListDelegatedServicesForAccountOutput{NextToken: next, DelegatedServices: awssim.Each(names, func(name string) types.DelegatedService {
		return types.DelegatedService{ServicePrincipal: &name, DelegationEnabledDate: aws.Time(services[name])}
	})}, err
}

// delegation is the policy by which an organization lets members manage its
// policies.
type delegation struct {
	id     string
	policy *awssim.ResourcePolicy
	tags   map[string]string
}

func (o *Organization) resourcePolicy() *types.ResourcePolicy {
	d := o.delegation
	return &types.ResourcePolicy{Content: aws.String(string(d.policy.Document().Raw())), ResourcePolicySummary: &types.ResourcePolicySummary{
		Id: &d.id, Arn: aws.String(o.arn("resourcepolicy/" + o.ID + "/" + d.id)),
	}}
}

// putResourcePolicy follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_PutResourcePolicy.html
func putResourcePolicy(o *Organization, c *awssim.Call, in *organizations.PutResourcePolicyInput) (*organizations.PutResourcePolicyOutput, error) {
	doc, err := policy.Parse([]byte(*in.Content))
	if err != nil {
		return nil, invalidInput(types.InvalidInputExceptionReasonInvalidResourcePolicyJson, "The provided resource policy content contains invalid json.")
	}
	if namesNobody(c.World, doc) {
		return nil, invalidInput(types.InvalidInputExceptionReasonInvalidPrincipal, "You specified an invalid principal element in the policy.")
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	if o.delegation == nil {
		o.delegation = &delegation{id: "rp-" + o.mint.text(8), tags: tags}
	}
	o.delegation.policy = c.World.ResourcePolicy(doc)
	return &organizations.PutResourcePolicyOutput{ResourcePolicy: o.resourcePolicy()}, nil
}

// namesNobody reports whether a policy names a user or role that does not exist.
func namesNobody(w *awssim.World, doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool {
		return s.Principal != nil && slices.ContainsFunc(s.Principal.AWS, func(name string) bool { return !w.HasPrincipal(name) })
	})
}

func noResourcePolicy() error {
	return awssim.Errorf("ResourcePolicyNotFoundException", "We can't find a resource policy for this organization.")
}

func describeResourcePolicy(o *Organization, _ *awssim.Call, _ *organizations.DescribeResourcePolicyInput) (*organizations.DescribeResourcePolicyOutput, error) {
	if o.delegation == nil {
		return nil, noResourcePolicy()
	}
	return &organizations.DescribeResourcePolicyOutput{ResourcePolicy: o.resourcePolicy()}, nil
}

func deleteResourcePolicy(o *Organization, _ *awssim.Call, _ *organizations.DeleteResourcePolicyInput) (*organizations.DeleteResourcePolicyOutput, error) {
	if o.delegation == nil {
		return nil, noResourcePolicy()
	}
	o.delegation = nil
	return &organizations.DeleteResourcePolicyOutput{}, nil
}

// managesRoot reports whether an account may act as the root user of a member: it
// manages the organization or administers IAM for it, and the organization trusts
// IAM.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
func managesRoot(w *awssim.World, caller, member *awssim.Account) bool {
	const service = "iam.amazonaws.com"
	o := Of(member, w)
	if o == nil || o != Of(caller, w) || member == o.Management.Account || member.Closed() {
		return false
	}
	o.reg.mu.Lock()
	_, trusted := o.services[service]
	o.reg.mu.Unlock()
	return trusted && (caller == o.Management.Account || o.IsDelegate(caller.ID, service))
}
