package organizations

import "github.com/aws/aws-sdk-go-v2/service/organizations/types"

// PoliciesFor gives the policies of a type that apply to an account, a list
// for each level from the root down to the account itself; none where the type
// is not enabled.
func (o *Organization) PoliciesFor(account string, t types.PolicyType) [][]*Policy {
	o.reg.mu.Lock()
	defer o.reg.mu.Unlock()
	if !o.enabled[t] {
		return nil
	}
	var levels [][]*Policy
	for n := o.account(account); n != nil; n = n.parent {
		levels = append([][]*Policy{n.policiesOf(t)}, levels...)
	}
	return levels
}
