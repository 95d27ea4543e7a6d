package collect

import "github.com/hawser/hawser/internal/snapshot"

// accountSources are what is read of each account's IAM.
func accountSources() []source {
	one := func(f snapshot.Facet, name, action string, read func(readContext, *yield) error) source {
		return source{name: name, ways: []reading{{name: name, facets: []snapshot.Facet{f}, read: read, calls: constant(action, 1)}}}
	}
	return []source{
		{name: "principals", ways: []reading{
			{
				name:   "GetAccountAuthorizationDetails",
				facets: []snapshot.Facet{iamUsers, iamUserDetails, iamGroups, iamMembers, iamRoles, iamRoleDetails, iamPolicies, iamAttachments},
				read: func(ctx readContext, y *yield) error {
					if err := authorizationDetails(ctx, y); err != nil {
						return err
					}
					memberKeys(y)
					return nil
				},
				calls: func(s Size) map[string]int {
					return map[string]int{"iam:GetAccountAuthorizationDetails": pages(s.Users+s.Groups+s.Roles+s.Policies, detailsPage)}
				},
			},
			{name: "ListUsers", facets: []snapshot.Facet{iamUsers}, read: listUsers, calls: func(s Size) map[string]int {
				return map[string]int{"iam:ListUsers": pages(s.Users, detailsPage)}
			}},
			{name: "ListGroups", facets: []snapshot.Facet{iamGroups, iamMembers}, read: listGroups, calls: func(s Size) map[string]int {
				return map[string]int{"iam:ListGroups": pages(s.Groups, detailsPage), "iam:GetGroup": s.Groups}
			}},
			{name: "ListRoles", facets: []snapshot.Facet{iamRoles}, read: listRoles, calls: func(s Size) map[string]int {
				return map[string]int{"iam:ListRoles": pages(s.Roles, detailsPage)}
			}},
			{name: "ListPolicies", facets: []snapshot.Facet{iamPolicies}, read: listPolicies, calls: func(s Size) map[string]int {
				return map[string]int{"iam:ListPolicies": pages(s.Policies, detailsPage), "iam:GetPolicy": s.Policies, "iam:GetPolicyVersion": s.Policies}
			}},
		}},
		{name: "credentials", ways: []reading{
			{
				name: "GetCredentialReport", facets: []snapshot.Facet{iamCredentials, iamKeys, iamKeyIDs, iamKeyUse}, read: readCredentials,
				calls: func(s Size) map[string]int {
					return map[string]int{"iam:GenerateCredentialReport": 2, "iam:GetCredentialReport": 1, "iam:ListAccessKeys": s.NewKeys}
				},
			},
			{name: "ListAccessKeys", facets: []snapshot.Facet{iamKeys, iamKeyIDs, iamKeyUse}, read: listKeys, calls: func(s Size) map[string]int {
				return map[string]int{"iam:ListAccessKeys": s.Users, "iam:GetAccessKeyLastUsed": s.Keys}
			}},
		}},
		one(iamProfiles, "ListInstanceProfiles", "iam:ListInstanceProfiles", listProfiles),
		one(iamSAML, "ListSAMLProviders", "iam:ListSAMLProviders", listSAML),
		one(iamOIDC, "ListOpenIDConnectProviders", "iam:ListOpenIDConnectProviders", listOIDC),
		one(iamAliases, "ListAccountAliases", "iam:ListAccountAliases", readAliases),
		one(iamSummary, "GetAccountSummary", "iam:GetAccountSummary", readSummary),
		one(iamPasswords, "GetAccountPasswordPolicy", "iam:GetAccountPasswordPolicy", readPasswords),
		one(iamMFA, "ListVirtualMFADevices", "iam:ListVirtualMFADevices", listMFA),
		{name: "hardware", ways: []reading{{
			name: "ListMFADevices", facets: []snapshot.Facet{iamHardwareMFA}, read: readHardwareMFA, after: []snapshot.Facet{iamCredentials, iamMFA},
			calls: constant("iam:ListMFADevices", 0), // one for each user with such a device, the first time
		}}},
		one(iamServiceCredentials, "ListServiceSpecificCredentials", "iam:ListServiceSpecificCredentials", readServiceCredentials),
		{name: "ssh", ways: []reading{{
			name: "ListSSHPublicKeys", facets: []snapshot.Facet{iamSSHKeys}, read: readSSHKeys,
			calls: func(s Size) map[string]int { return map[string]int{"iam:ListSSHPublicKeys": s.SSHUsers} },
		}}},
	}
}

// pages is how many pages n items fill: at least one.
func pages(n, size int) int { return max(1, (n+size-1)/size) }

func constant(action string, n int) func(Size) map[string]int {
	return func(Size) map[string]int { return map[string]int{action: n} }
}
