package awssim

import "strings"

// What other services of the simulator do with IAM's things.

// AWSManaged gives one of AWS's own managed policies by its name, with path,
// such as "job-function/ViewOnlyAccess". Its document is only of its kind: all
// for AdministratorAccess and PowerUserAccess, else looking.
func (a *Account) AWSManaged(name string) (*ManagedPolicy, error) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	return a.awsManaged(name)
}

// awsManaged is AWSManaged; the World is locked.
func (a *Account) awsManaged(name string) (*ManagedPolicy, error) {
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:Describe*","cloudwatch:Get*",` +
		`"cloudwatch:List*","ec2:Describe*","iam:Get*","iam:List*","identitystore:Describe*","identitystore:List*","lambda:Get*",` +
		`"lambda:List*","logs:Describe*","logs:Get*","organizations:Describe*","organizations:List*","rds:Describe*","s3:Get*",` +
		`"s3:List*","sso:Describe*","sso:List*"],"Resource":"*"}]}`
	switch {
	case name == "AdministratorAccess":
		document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	case name == "PowerUserAccess":
		document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}]}`
	case strings.HasSuffix(name, "FullAccess"):
		service := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "Amazon"), "AWS"), "FullAccess"))
		document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + service + `:*","Resource":"*"}]}`
	}
	return a.awsPolicy(name, document)
}

// Policy finds a managed policy that the account has, its own or AWS's, by
// ARN; nil where there is none.
func (a *Account) Policy(arn string) *ManagedPolicy {
	a.world.mu.RLock()
	defer a.world.mu.RUnlock()
	return a.managed[arn]
}

// SetPolicies puts policies in the place of all that the role has: an inline
// one, where its document is not empty, managed ones, and a boundary or nil.
func (r *Role) SetPolicies(inlineName, inline string, managed []*ManagedPolicy, boundary *ManagedPolicy) error {
	w, all := r.account.world, holder{attached: managed, boundary: boundary}
	w.mu.Lock()
	defer w.mu.Unlock()
	if inline != "" {
		doc, err := w.parsed(inline)
		if err != nil {
			return err
		}
		all.set(inlineName, doc)
	}
	r.holder = all
	return nil
}

// Remove deletes the role.
func (r *Role) Remove() {
	w := r.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(r.account.roles, r.Name)
}
