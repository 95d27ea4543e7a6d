package identitycenter

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/policy"
)

// Quotas of a permission set: policies of both managed kinds together, and
// characters of the inline one. See
// https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
const (
	maxPolicies = 20
	maxInline   = 32768
)

func policyHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"AttachManagedPolicyToPermissionSet":     setOp(attachManaged),
		"DetachManagedPolicyFromPermissionSet":   setOp(detachManaged),
		"ListManagedPoliciesInPermissionSet":     setOp(listManaged),
		"PutInlinePolicyToPermissionSet":         setOp(putInline),
		"GetInlinePolicyForPermissionSet":        setOp(getInline),
		"DeleteInlinePolicyFromPermissionSet":    setOp(deleteInline),
		"PutPermissionsBoundaryToPermissionSet":  setOp(putBoundary),
		"GetPermissionsBoundaryForPermissionSet": setOp(getBoundary),

		"DeletePermissionsBoundaryFromPermissionSet":            setOp(deleteBoundary),
		"AttachCustomerManagedPolicyReferenceToPermissionSet":   setOp(attachCustomer),
		"DetachCustomerManagedPolicyReferenceFromPermissionSet": setOp(detachCustomer),
		"ListCustomerManagedPolicyReferencesInPermissionSet":    setOp(listCustomer),
	}
}

var managedForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::aws:policy(/[\w.,+@=-]+)+$`)

// room wants a place for one policy more.
func (s *PermissionSet) room() error {
	if len(s.Managed)+len(s.Customer) >= maxPolicies {
		return awssim.Errorf("ServiceQuotaExceededException", "You have exceeded AWS SSO limits. Cannot create MANAGED_POLICIES_PER_PERMISSION_SET more than %d.", maxPolicies)
	}
	return nil
}

func attachManaged(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.AttachManagedPolicyToPermissionSetInput) (*ssoadmin.AttachManagedPolicyToPermissionSetOutput, error) {
	arn := *in.ManagedPolicyArn
	switch {
	case !managedForm.MatchString(arn):
		return nil, invalid("%s is not the ARN of an AWS managed policy.", arn)
	case slices.Contains(s.Managed, arn):
		return nil, awssim.Errorf("ConflictException", "Permission set with id %s already has a typed link attachment to a manged policy with %s", s.ARN, arn)
	}
	if err := s.room(); err != nil {
		return nil, err
	}
	s.Managed = append(s.Managed, arn)
	s.revision++
	return &ssoadmin.AttachManagedPolicyToPermissionSetOutput{}, nil
}

func detachManaged(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.DetachManagedPolicyFromPermissionSetInput) (*ssoadmin.DetachManagedPolicyFromPermissionSetOutput, error) {
	at := slices.Index(s.Managed, *in.ManagedPolicyArn)
	if at < 0 {
		return nil, notFound("Could not find ManagedPolicy with arn %s", *in.ManagedPolicyArn)
	}
	s.Managed = slices.Delete(s.Managed, at, at+1)
	s.revision++
	return &ssoadmin.DetachManagedPolicyFromPermissionSetOutput{}, nil
}

func listManaged(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.ListManagedPoliciesInPermissionSetInput) (*ssoadmin.ListManagedPoliciesInPermissionSetOutput, error) {
	arns, next, err := page(slices.Sorted(slices.Values(s.Managed)), func(arn string) string { return arn }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListManagedPoliciesInPermissionSetOutput{NextToken: next, AttachedManagedPolicies: awssim.Each(arns, func(arn string) types.AttachedManagedPolicy {
		return types.AttachedManagedPolicy{Arn: &arn, Name: aws.String(lastPart(arn))}
	})}, err
}

var afterSlash = regexp.MustCompile(`[^/]*$`)

func lastPart(arn string) string { return afterSlash.FindString(arn) }

func putInline(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.PutInlinePolicyToPermissionSetInput) (*ssoadmin.PutInlinePolicyToPermissionSetOutput, error) {
	if _, err := policy.ParseAs(policy.Identity, []byte(*in.InlinePolicy)); err != nil || len(*in.InlinePolicy) > maxInline {
		return nil, invalid("The inline policy is not valid: %v", cmp.Or(err, invalid("it is longer than %d characters", maxInline)))
	}
	s.Inline = *in.InlinePolicy
	s.revision++
	return &ssoadmin.PutInlinePolicyToPermissionSetOutput{}, nil
}

// getInline answers an empty text where there is none.
func getInline(_ *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.GetInlinePolicyForPermissionSetInput) (*ssoadmin.GetInlinePolicyForPermissionSetOutput, error) {
	return &ssoadmin.GetInlinePolicyForPermissionSetOutput{InlinePolicy: aws.String(s.Inline)}, nil
}

func deleteInline(_ *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.DeleteInlinePolicyFromPermissionSetInput) (*ssoadmin.DeleteInlinePolicyFromPermissionSetOutput, error) {
	if s.Inline == "" {
		return nil, notFound("The permission set has no inline policy.")
	}
	s.Inline = ""
	s.revision++
	return &ssoadmin.DeleteInlinePolicyFromPermissionSetOutput{}, nil
}

func policyName(r *types.CustomerManagedPolicyReference) PolicyName {
	return PolicyName{Name: aws.ToString(r.Name), Path: cmp.Or(aws.ToString(r.Path), "/")}
}

func (p PolicyName) reference() *types.CustomerManagedPolicyReference {
	return &types.CustomerManagedPolicyReference{Name: &p.Name, Path: &p.Path}
}

func attachCustomer(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput) (*ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetOutput, error) {
	name := policyName(in.CustomerManagedPolicyReference)
	if slices.Contains(s.Customer, name) {
		return nil, awssim.Errorf("ConflictException", "Given customer managed policy with name: %s  and path %s already attached", name.Name, name.Path)
	}
	if err := s.room(); err != nil {
		return nil, err
	}
	s.Customer = append(s.Customer, name)
	s.revision++
	return &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetOutput{}, nil
}

func detachCustomer(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput) (*ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetOutput, error) {
	name := policyName(in.CustomerManagedPolicyReference)
	at := slices.Index(s.Customer, name)
	if at < 0 {
		return nil, notFound("Given managed policy with name: %s  and path %s does not exist on PermissionSet", name.Name, name.Path)
	}
	s.Customer = slices.Delete(s.Customer, at, at+1)
	s.revision++
	return &ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetOutput{}, nil
}

func listCustomer(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput) (*ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetOutput, error) {
	key := func(p PolicyName) string { return p.Path + p.Name }
	names := slices.SortedFunc(slices.Values(s.Customer), func(a, b PolicyName) int { return cmp.Compare(key(a), key(b)) })
	names, next, err := page(names, key, in.MaxResults, in.NextToken)
	return &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetOutput{NextToken: next, CustomerManagedPolicyReferences: awssim.Each(names, func(p PolicyName) types.CustomerManagedPolicyReference {
		return *p.reference()
	})}, err
}

func putBoundary(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.PutPermissionsBoundaryToPermissionSetInput) (*ssoadmin.PutPermissionsBoundaryToPermissionSetOutput, error) {
	b := &Boundary{Managed: aws.ToString(in.PermissionsBoundary.ManagedPolicyArn)}
	if r := in.PermissionsBoundary.CustomerManagedPolicyReference; r != nil {
		name := policyName(r)
		b.Customer = &name
	}
	if (b.Managed == "") == (b.Customer == nil) {
		return nil, invalid("Only ManagedPolicyArn or CustomerManagedPolicyReference should be given.")
	}
	s.Boundary = b
	s.revision++
	return &ssoadmin.PutPermissionsBoundaryToPermissionSetOutput{}, nil
}

func getBoundary(_ *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.GetPermissionsBoundaryForPermissionSetInput) (*ssoadmin.GetPermissionsBoundaryForPermissionSetOutput, error) {
	if s.Boundary == nil {
		return nil, notFound("The permission set has no permissions boundary.")
	}
	out := &types.PermissionsBoundary{ManagedPolicyArn: awssim.Optional(s.Boundary.Managed)}
	if s.Boundary.Customer != nil {
		out.CustomerManagedPolicyReference = s.Boundary.Customer.reference()
	}
	return &ssoadmin.GetPermissionsBoundaryForPermissionSetOutput{PermissionsBoundary: out}, nil
}

func deleteBoundary(_ *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput) (*ssoadmin.DeletePermissionsBoundaryFromPermissionSetOutput, error) {
	if s.Boundary == nil {
		return nil, notFound("The permission set has no permissions boundary.")
	}
	s.Boundary = nil
	s.revision++
	return &ssoadmin.DeletePermissionsBoundaryFromPermissionSetOutput{}, nil
}
