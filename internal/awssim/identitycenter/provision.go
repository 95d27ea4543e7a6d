package identitycenter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// provision is a permission set's presence in an account.
type provision struct {
	revision   int    // the set's when it was brought there
	role       string // the role's name
	principals map[Principal]bool
}

func (p *provision) sorted() []Principal {
	return slices.SortedFunc(maps.Keys(p.principals), func(a, b Principal) int { return strings.Compare(a.key(), b.key()) })
}

func provisionSet(i *Instance, c *awssim.Call, s *PermissionSet, in *ssoadmin.ProvisionPermissionSetInput) (*ssoadmin.ProvisionPermissionSetOutput, error) {
	op := &operation{kind: provisioning, set: s, account: aws.ToString(in.TargetId)}
	if (in.TargetType == types.ProvisionTargetTypeAwsAccount) != (op.account != "") {
		return nil, invalid("TargetId is given where TargetType is AWS_ACCOUNT, and only there.")
	}
	if err := i.begin(c, op); err != nil {
		return nil, err
	}
	return &ssoadmin.ProvisionPermissionSetOutput{PermissionSetProvisioningStatus: op.provisioningStatus()}, nil
}

// assign assigns a permission set in an account, and provisions it there with
// the first assignment.
func (i *Instance) assign(s *PermissionSet, account string, to Principal) error {
	if !i.knows(to) {
		return fmt.Errorf("Received a 404 status error: %s %s does not exist.", to.Type, to.ID) //nolint:staticcheck // AWS's own words
	}
	if err := i.bring(s, account); err != nil {
		return err
	}
	s.provisions[account].principals[to] = true
	return nil
}

// bring provisions a permission set in an account where it is not there yet.
func (i *Instance) bring(s *PermissionSet, account string) error {
	if s.provisions[account] != nil {
		return nil
	}
	a := i.reg.world.Account(account)
	if a == nil || !i.reaches(account) {
		return fmt.Errorf("Received a 404 status error: Account %s is not an active account of the organization.", account) //nolint:staticcheck // AWS's own words
	}
	p := &provision{
		revision: s.revision, role: "AWSReservedSSO_" + s.Name + "_" + i.mint.hex(16), principals: make(map[Principal]bool),
	}
	if err := i.putRole(a, p.role, s); err != nil {
		return err
	}
	s.provisions[account] = p
	return nil
}

// refresh brings a permission set's present state to an account, or to all
// where it is.
func (i *Instance) refresh(s *PermissionSet, account string) error {
	accounts := []string{account}
	if account == "" {
		accounts = slices.Sorted(maps.Keys(s.provisions))
	}
	var failures []error
	for _, id := range accounts {
		if s.provisions[id] == nil {
			failures = append(failures, i.bring(s, id))
			continue
		}
		p := s.provisions[id]
		if err := i.putRole(i.reg.world.Account(id), p.role, s); err != nil {
			failures = append(failures, err)
			continue
		}
		p.revision = s.revision
	}
	return errors.Join(failures...)
}

// withdraw takes an assignment away, and the role with the last one.
func (i *Instance) withdraw(s *PermissionSet, account string, from Principal) {
	p := s.provisions[account]
	if p == nil {
		return
	}
	delete(p.principals, from)
	if len(p.principals) > 0 {
		return
	}
	delete(s.provisions, account)
	if role := i.reg.world.Account(account).Role(p.role); role != nil {
		role.Remove()
	}
}

// longest is the longest session of the roles that Identity Center makes.
const longest = 12 * time.Hour

// putRole makes the role of a permission set in an account, or changes it.
func (i *Instance) putRole(a *awssim.Account, name string, s *PermissionSet) error {
	managed, boundary, err := s.managedIn(a)
	if err != nil {
		return err
	}
	if !i.trusted[a.ID] {
		a.AddSAMLProvider(i.ProviderName())
		i.trusted[a.ID] = true
	}
	role, err := a.AddRoleAt(i.rolePath(), name, i.trust(a))
	if err != nil {
		return err
	}
	role.MaxSession = longest
	return role.SetPolicies("AwsSSOInlinePolicy", s.Inline, managed, boundary)
}

// managedIn finds the managed policies and the boundary of a permission set in
// an account.
func (s *PermissionSet) managedIn(a *awssim.Account) (managed []*awssim.ManagedPolicy, boundary *awssim.ManagedPolicy, err error) {
	for _, arn := range s.Managed {
		m, err := awsManaged(a, arn)
		if err != nil {
			return nil, nil, err
		}
		managed = append(managed, m)
	}
	for _, name := range s.Customer {
		m, err := name.in(a)
		if err != nil {
			return nil, nil, err
		}
		managed = append(managed, m)
	}
	switch b := s.Boundary; {
	case b == nil:
	case b.Customer != nil:
		boundary, err = b.Customer.in(a)
	default:
		boundary, err = awsManaged(a, b.Managed)
	}
	return managed, boundary, err
}

func awsManaged(a *awssim.Account, text string) (*awssim.ManagedPolicy, error) {
	parsed, _ := arn.Parse(text)
	return a.AWSManaged(parsed.ID())
}

// in finds a customer managed policy, which must stand in the account already.
func (p PolicyName) in(a *awssim.Account) (*awssim.ManagedPolicy, error) {
	arn := a.ARN("iam", "", "policy"+p.Path+p.Name)
	m := a.Policy(arn)
	if m == nil {
		return nil, fmt.Errorf("Received a 404 status error: Not supported policy %s.", arn) //nolint:staticcheck // AWS's own words
	}
	return m, nil
}

// rolePath is the path of the roles: us-east-1 is not named in it. See
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func (i *Instance) rolePath() string {
	if i.Region == "us-east-1" {
		return "/aws-reserved/sso.amazonaws.com/"
	}
	return "/aws-reserved/sso.amazonaws.com/" + i.Region + "/"
}

// ProviderName is the name of the SAML provider that stands in each account
// for the instance.
func (i *Instance) ProviderName() string {
	return "AWSSSO_" + strings.TrimPrefix(i.ID, "ssoins-") + "_DO_NOT_DELETE"
}

func (i *Instance) trust(a *awssim.Account) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` +
		a.ARN("iam", "", "saml-provider/"+i.ProviderName()) +
		`"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}`
}
