package awssim

import (
	"fmt"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// version finds one of a policy's versions.
func (m *ManagedPolicy) version(id *string) (*PolicyVersion, error) {
	for _, v := range m.Versions {
		if v.id() == aws.ToString(id) {
			return v, nil
		}
	}
	return nil, noSuchEntity("Policy %s version %s does not exist or is not attachable.", m.ARN, aws.ToString(id))
}

// describe returns a version as listings show it: without its document.
func (m *ManagedPolicy) describe(v *PolicyVersion) types.PolicyVersion {
	return types.PolicyVersion{VersionId: aws.String(v.id()), IsDefaultVersion: v == m.Default, CreateDate: iamTime(v.Created)}
}

func (m *ManagedPolicy) describeWhole(v *PolicyVersion) types.PolicyVersion {
	out := m.describe(v)
	out.Document = encoded(v.Document)
	return out
}

// createPolicyVersion follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
func createPolicyVersion(c *Call, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	m, err := c.ownPolicy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	doc, err := managedDocument(*in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	if len(m.Versions) >= maxVersions {
		return nil, Errorf("LimitExceeded", "A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
	}
	v := m.describe(m.addVersion(doc, c.Now(), in.SetAsDefault))
	return &iam.CreatePolicyVersionOutput{PolicyVersion: &v}, nil
}

// getPolicyVersion follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
func getPolicyVersion(c *Call, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	m, err := c.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	v, err := m.version(in.VersionId)
	if err != nil {
		return nil, err
	}
	out := m.describeWhole(v)
	return &iam.GetPolicyVersionOutput{PolicyVersion: &out}, nil
}

// listPolicyVersions follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
// The newest comes first.
func listPolicyVersions(c *Call, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	m, err := c.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(m.Versions, in.Marker, in.MaxItems, (*PolicyVersion).age)
	return &iam.ListPolicyVersionsOutput{Versions: Each(page, m.describe), IsTruncated: next != nil, Marker: next}, nil
}

// age sorts newer versions before older ones.
func (v *PolicyVersion) age() string { return fmt.Sprintf("%010d", math.MaxInt32-v.Number) }

// setDefaultPolicyVersion follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
func setDefaultPolicyVersion(c *Call, in *iam.SetDefaultPolicyVersionInput) error {
	m, err := c.ownPolicy(in.PolicyArn)
	if err != nil {
		return err
	}
	v, err := m.version(in.VersionId)
	if err != nil {
		return err
	}
	m.Default, m.Updated = v, c.Now()
	return nil
}

// deletePolicyVersion follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html
func deletePolicyVersion(c *Call, in *iam.DeletePolicyVersionInput) error {
	m, err := c.ownPolicy(in.PolicyArn)
	if err != nil {
		return err
	}
	v, err := m.version(in.VersionId)
	if err != nil {
		return err
	}
	if v == m.Default {
		return Errorf("DeleteConflict", "Cannot delete the default version of a policy.")
	}
	m.Versions = slices.DeleteFunc(m.Versions, func(other *PolicyVersion) bool { return other == v })
	return nil
}
