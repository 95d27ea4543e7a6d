package awssim

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// listAccessKeys follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func listAccessKeys(c *Call, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	name, keys := "", c.Account.rootKeys
	if in.UserName != nil || c.Principal.User != nil {
		u, err := c.userOrSelf(in.UserName)
		if err != nil {
			return nil, err
		}
		name, keys = u.Name, u.keys
	}
	out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}}
	for _, k := range keys {
		meta := types.AccessKeyMetadata{AccessKeyId: aws.String(k.AccessKeyID), CreateDate: aws.Time(k.Created), Status: activity(k.Inactive)}
		if name != "" {
			meta.UserName = aws.String(name)
		}
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, meta)
	}
	return out, nil
}

// getAccessKeyLastUsed follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
func getAccessKeyLastUsed(c *Call, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	k := c.World.keys[aws.ToString(in.AccessKeyId)]
	if k == nil || k.Principal.Account != c.Account || k.SessionToken != "" {
		return nil, &Error{Code: "AccessDenied", Message: "User: " + c.Principal.ARN + " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: *", Status: 403}
	}
	out := &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: &types.AccessKeyLastUsed{Region: aws.String("N/A"), ServiceName: aws.String("N/A")}}
	if k.Principal.User != nil {
		out.UserName = aws.String(k.Principal.User.Name)
	}
	if !k.Used.At.IsZero() {
		out.AccessKeyLastUsed = &types.AccessKeyLastUsed{LastUsedDate: aws.Time(k.Used.At), Region: aws.String(k.Used.Region), ServiceName: aws.String(k.Used.Service)}
	}
	return out, nil
}

// listAccountAliases follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
func listAccountAliases(c *Call, _ *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	return &iam.ListAccountAliasesOutput{AccountAliases: append([]string{}, c.Account.aliases...)}, nil
}

// getAccountPasswordPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
// No account here has a policy of its own.
func getAccountPasswordPolicy(c *Call, _ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
	return nil, noSuchEntity("The Password Policy with domain name %s cannot be found.", c.Account.ID)
}

// getAccountSummary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func getAccountSummary(c *Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	a := c.Account
	var local int32
	for _, m := range a.managed {
		if m.local() {
			local++
		}
	}
	devices := a.devicesInUse()
	rootMFA := map[bool]int32{true: 1}[a.rootMFA]
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Users": int32(len(a.users)), "Groups": int32(len(a.groups)), "Roles": int32(len(a.roles)), "Policies": local,
		"InstanceProfiles": int32(len(a.profiles)), "MFADevices": devices, "MFADevicesInUse": devices, "AccountMFAEnabled": rootMFA,
		"AccountAccessKeysPresent": int32(min(1, len(a.rootKeys))), "Providers": int32(len(a.oidc) + len(a.saml)),
		"UsersQuota": 5000, "GroupsQuota": 300, "RolesQuota": 1000, "PoliciesQuota": 1500, "AccessKeysPerUserQuota": 2,
	}}, nil
}

// listVirtualMFADevices follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
func listVirtualMFADevices(c *Call, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	type owned struct {
		*MFADevice
		user *User
	}
	var all []owned
	if in.AssignmentStatus != types.AssignmentStatusTypeUnassigned {
		for _, u := range InOrder(c.Account.users) {
			for _, m := range u.virtual() {
				all = append(all, owned{m, u})
			}
		}
	}
	page, next := iamPage(all, in.Marker, in.MaxItems, func(m owned) string { return m.Serial })
	out := &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: []types.VirtualMFADevice{}, IsTruncated: next != nil, Marker: next}
	for _, m := range page {
		user := m.user.brief()
		out.VirtualMFADevices = append(out.VirtualMFADevices, types.VirtualMFADevice{SerialNumber: aws.String(m.Serial), EnableDate: aws.Time(m.Enabled), User: &user})
	}
	return out, nil
}

// listSAMLProviders follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
func listSAMLProviders(c *Call, _ *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
	out := &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{}}
	for _, p := range c.Account.saml {
		out.SAMLProviderList = append(out.SAMLProviderList, types.SAMLProviderListEntry{Arn: aws.String(p.ARN), CreateDate: aws.Time(p.Created), ValidUntil: aws.Time(p.Expires)})
	}
	return out, nil
}

// listOpenIDConnectProviders follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
func listOpenIDConnectProviders(c *Call, _ *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	out := &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []types.OpenIDConnectProviderListEntry{}}
	for _, p := range InOrder(c.Account.oidc) {
		out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, types.OpenIDConnectProviderListEntry{Arn: aws.String(p.arn)})
	}
	return out, nil
}

// getOpenIDConnectProvider follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
func getOpenIDConnectProvider(c *Call, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
	for url, p := range c.Account.oidc {
		if p.arn == aws.ToString(in.OpenIDConnectProviderArn) {
			return &iam.GetOpenIDConnectProviderOutput{
				Url: aws.String(strings.TrimPrefix(url, "https://")), ClientIDList: p.audiences, CreateDate: aws.Time(c.Account.Created), ThumbprintList: []string{},
			}, nil
		}
	}
	return nil, noSuchEntity("OpenIDConnect Provider not found for arn %s", aws.ToString(in.OpenIDConnectProviderArn))
}
