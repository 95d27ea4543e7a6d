package identitycenter

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// Admin is Identity Center's administration. See
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/
func Admin(w *awssim.World) *awssim.Service {
	w.Mount(func(r *http.Request) http.Handler { return registryOf(w).scim(r) })
	handlers := map[string]awssim.Handler{
		"ListInstances":       awssim.Op(listInstances),
		"DescribeInstance":    adminOp(member, describeInstance),
		"UpdateInstance":      adminOp(delegate, updateInstance),
		"ListTagsForResource": adminOp(delegate, listTags),
		"TagResource":         adminOp(delegate, tagResource),
		"UntagResource":       adminOp(delegate, untagResource),

		"CreatePermissionSet":   accountsOp(delegate, createPermissionSet),
		"DeletePermissionSet":   setOp(deletePermissionSet),
		"DescribePermissionSet": setOp(describePermissionSet),
		"ListPermissionSets":    accountsOp(delegate, listPermissionSets),
		"UpdatePermissionSet":   setOp(updatePermissionSet),

		"CreateAccountAssignment":                 setOp(createAssignment),
		"DeleteAccountAssignment":                 setOp(deleteAssignment),
		"DescribeAccountAssignmentCreationStatus": accountsOp(delegate, describeCreation),
		"DescribeAccountAssignmentDeletionStatus": accountsOp(delegate, describeDeletion),
		"ListAccountAssignmentCreationStatus":     accountsOp(delegate, listCreations),
		"ListAccountAssignmentDeletionStatus":     accountsOp(delegate, listDeletions),
		"ListAccountAssignments":                  setOp(listAssignments),
		"ListAccountAssignmentsForPrincipal":      accountsOp(owner, listAssignmentsForPrincipal),
		"ListAccountsForProvisionedPermissionSet": setOp(listAccountsForSet),
		"ListPermissionSetsProvisionedToAccount":  accountsOp(delegate, listSetsForAccount),
		"ProvisionPermissionSet":                  setOp(provisionSet),
		"DescribePermissionSetProvisioningStatus": accountsOp(delegate, describeProvisioning),
		"ListPermissionSetProvisioningStatus":     accountsOp(delegate, listProvisionings),
	}
	for _, more := range []map[string]awssim.Handler{policyHandlers(), applicationHandlers()} {
		for name, h := range more {
			handlers[name] = h
		}
	}
	return &awssim.Service{
		Model: "sso-admin", ReservedTag: reservedTag, Handlers: handlers, Needs: adminNeeds,
		Unsupported: map[string][]string{"UpdateInstance": {"EncryptionConfiguration"}},
		Unions: []wire.Union{
			wire.UnionOf[types.TrustedTokenIssuerConfiguration](&types.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration{}),
			wire.UnionOf[types.TrustedTokenIssuerUpdateConfiguration](&types.TrustedTokenIssuerUpdateConfigurationMemberOidcJwtConfiguration{}),
		},
	}
}

// adminNeeds wants the operation to be allowed on everything that the input
// names. See
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
func adminNeeds(c *awssim.Call, in any) (needs []awssim.Need) {
	want := func(resource string) {
		if resource != "" {
			needs = append(needs, awssim.Need{Action: "sso:" + c.Operation, Resource: resource})
		}
	}
	for _, name := range []string{"InstanceArn", "PermissionSetArn", "ApplicationArn", "TrustedTokenIssuerArn"} {
		want(awssim.Member(in, name))
	}
	for _, name := range []string{"AccountId", "TargetId"} {
		if id := awssim.Member(in, name); id != "" {
			want("arn:" + c.Partition() + ":sso:::account/" + id)
		}
	}
	return needs
}

// adminOp makes a handler that finds the instance by any ARN of the input, completes
// the operations of the instance that are due, and holds its lock while f runs. The
// caller's account must have at least the given standing towards the instance.
func adminOp[I, O any](least standing, f func(*Instance, *awssim.Call, *I) (*O, error)) awssim.Handler {
	return awssim.Op(func(c *awssim.Call, in *I) (*O, error) {
		r := registryOf(c.World)
		r.mu.Lock()
		defer r.mu.Unlock()
		id := instanceOf(in)
		i := r.find(c, func(i *Instance) bool { return i.ID == id })
		if i == nil || i.standing(c.Account) < least {
			return nil, denied()
		}
		i.settle(c.Now())
		return f(i, c, in)
	})
}

// accountsOp is adminOp for what gives access to accounts: an instance that a member
// account has for itself does not. See
// https://docs.aws.amazon.com/singlesignon/latest/userguide/account-instances-identity-center.html
func accountsOp[I, O any](least standing, f func(*Instance, *awssim.Call, *I) (*O, error)) awssim.Handler {
	return adminOp(member, func(i *Instance, c *awssim.Call, in *I) (*O, error) {
		switch {
		case i.ofMember():
			return nil, invalid("The operation is not supported for this Identity Center instance")
		case i.standing(c.Account) < least:
			return nil, denied()
		}
		return f(i, c, in)
	})
}

// setOp makes a handler of something done with a permission set. A delegated
// administrator may only look at one that is provisioned in the management
// account. See
// https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
func setOp[I, O any](f func(*Instance, *awssim.Call, *PermissionSet, *I) (*O, error)) awssim.Handler {
	return accountsOp(delegate, func(i *Instance, c *awssim.Call, in *I) (*O, error) {
		s := i.sets[awssim.Member(in, "PermissionSetArn")]
		if s == nil {
			return nil, notFound("PermissionSet not found.")
		}
		_, provisioned := s.provisions[i.Owner.ID]
		target := awssim.Member(in, "TargetId")
		if changes(c.Operation) && c.Account != i.Owner && (provisioned || target == i.Owner.ID) {
			return nil, denied()
		}
		return f(i, c, s, in)
	})
}

// changes reports whether an operation is more than a look.
func changes(operation string) bool {
	for _, look := range []string{"List", "Describe", "Get"} {
		if len(operation) > len(look) && operation[:len(look)] == look {
			return false
		}
	}
	return true
}

// instanceOf gives the ID of the instance that an ARN of the input names.
func instanceOf(in any) string {
	for _, name := range []string{"InstanceArn", "PermissionSetArn", "ApplicationArn", "TrustedTokenIssuerArn", "ResourceArn"} {
		if id := instanceForm.FindString(awssim.Member(in, name)); id != "" {
			return id
		}
	}
	return ""
}

// listInstances gives the instances of the region that the caller sees.
func listInstances(c *awssim.Call, in *ssoadmin.ListInstancesInput) (*ssoadmin.ListInstancesOutput, error) {
	r := registryOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	var seen []*Instance
	for _, i := range r.instances {
		if i.Region == c.Region && i.standing(c.Account) >= member {
			seen = append(seen, i)
		}
	}
	seen, next, err := page(seen, func(i *Instance) string { return i.ARN }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListInstancesOutput{NextToken: next, Instances: awssim.Each(seen, func(i *Instance) types.InstanceMetadata {
		return types.InstanceMetadata{
			InstanceArn: &i.ARN, IdentityStoreId: &i.StoreID, OwnerAccountId: &i.Owner.ID, Name: awssim.Optional(i.name),
			CreatedDate: &i.created, Status: types.InstanceStatusActive,
		}
	})}, err
}

func describeInstance(i *Instance, _ *awssim.Call, _ *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
	return &ssoadmin.DescribeInstanceOutput{
		InstanceArn: &i.ARN, IdentityStoreId: &i.StoreID, OwnerAccountId: &i.Owner.ID, Name: awssim.Optional(i.name),
		CreatedDate: &i.created, Status: types.InstanceStatusActive,
		EncryptionConfigurationDetails: &types.EncryptionConfigurationDetails{
			KeyType: types.KmsKeyTypeAwsOwnedKmsKey, EncryptionStatus: types.KmsKeyStatusEnabled,
		},
	}, nil
}

func updateInstance(i *Instance, _ *awssim.Call, in *ssoadmin.UpdateInstanceInput) (*ssoadmin.UpdateInstanceOutput, error) {
	if in.Name != nil {
		i.name = *in.Name
	}
	return &ssoadmin.UpdateInstanceOutput{}, nil
}

// tagsOf finds the tags of the instance, a permission set, an application or
// an issuer.
func (i *Instance) tagsOf(arn string) (map[string]string, error) {
	switch {
	case arn == i.ARN:
		return i.tags, nil
	case i.sets[arn] != nil:
		return i.sets[arn].Tags, nil
	case i.applications[arn] != nil:
		return i.applications[arn].tags, nil
	case i.issuers[arn] != nil:
		return i.issuers[arn].tags, nil
	}
	return nil, notFound("The resource %s was not found.", arn)
}

func newTags(list []types.Tag) map[string]string {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags
}

func reservedTag(string) error {
	return awssim.Errorf("ValidationException", "Tag keys that begin with aws: are reserved.")
}

const maxTags = 50

func tagResource(i *Instance, _ *awssim.Call, in *ssoadmin.TagResourceInput) (*ssoadmin.TagResourceOutput, error) {
	tags, err := i.tagsOf(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	added := newTags(in.Tags)
	if len(tags)+len(added) > maxTags {
		return nil, awssim.Errorf("ServiceQuotaExceededException", "A resource has at most %d tags.", maxTags)
	}
	for k, v := range added {
		tags[k] = v
	}
	return &ssoadmin.TagResourceOutput{}, nil
}

func untagResource(i *Instance, _ *awssim.Call, in *ssoadmin.UntagResourceInput) (*ssoadmin.UntagResourceOutput, error) {
	tags, err := i.tagsOf(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, k := range in.TagKeys {
		delete(tags, k)
	}
	return &ssoadmin.UntagResourceOutput{}, nil
}

func listTags(i *Instance, _ *awssim.Call, in *ssoadmin.ListTagsForResourceInput) (*ssoadmin.ListTagsForResourceOutput, error) {
	tags, err := i.tagsOf(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	list := make(map[string]types.Tag, len(tags))
	for k, v := range tags {
		list[k] = types.Tag{Key: aws.String(k), Value: aws.String(v)}
	}
	found, next, err := page(awssim.InOrder(list), func(t types.Tag) string { return *t.Key }, nil, in.NextToken)
	return &ssoadmin.ListTagsForResourceOutput{Tags: found, NextToken: next}, err
}
