package iam

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// largestPage is how many entities IAM puts into one answer at most.
const largestPage = 1000

// pageSize returns how many entities one answer is asked to hold.
func pageSize(o collect.Options) int {
	if o.PageSize <= 0 {
		return largestPage
	}
	return min(o.PageSize, largestPage)
}

func client(ctx collect.Context) *iam.Client { return awsapi.Client(ctx.Session, iam.NewFromConfig) }

// Service returns the sources that read IAM in each account.
func Service() collect.Service {
	return collect.Service{
		Scope:   collect.AccountScope,
		Kinds:   []snapshot.Kind{snapshot.User, snapshot.Group, snapshot.Role, snapshot.Policy, snapshot.AccessKey, snapshot.OIDCProvider},
		Sources: sources(),
		Size:    summary,
		Known:   late,
		EntityByEntity: func(s collect.Size) int {
			return 3*s.Of(snapshot.User) + max(s.Of(snapshot.AccessKey), newKeys(s)) + 3*s.Of(snapshot.Group) + 3*s.Of(snapshot.Role) + 2*s.Of(snapshot.Policy)
		},
	}
}

func sources() []collect.Source {
	return []collect.Source{
		principalSource(),
		credentialSource(),
		boundarySource(),
		collect.One(snapshot.IAMBoundaryDocuments, "GetPolicyVersion", readDocuments(snapshot.IAMBoundaryPolicies, snapshot.IAMBoundaryDocuments),
			none, snapshot.IAMBoundaryPolicies).Calling("iam:GetPolicyVersion"),
		once(snapshot.IAMProfiles, "ListInstanceProfiles", listProfiles),
		once(snapshot.IAMSAMLProviders, "ListSAMLProviders", listSAML),
		once(snapshot.IAMOIDCProviders, "ListOpenIDConnectProviders", listOIDC),
		oidcDetailSource(),
		once(snapshot.IAMAliases, "ListAccountAliases", readAliases),
		once(snapshot.IAMSummary, "GetAccountSummary", readSummary),
		once(snapshot.IAMPasswordPolicy, "GetAccountPasswordPolicy", readPasswords),
		once(snapshot.IAMMFADevices, "ListVirtualMFADevices", listMFA),
		hardwareSource(),
		once(snapshot.IAMServiceCredentials, "ListServiceSpecificCredentials", readServiceCredentials, snapshot.IAMUsers),
		collect.One(snapshot.IAMSSHKeys, "ListSSHPublicKeys", readSSHKeys, func(s collect.Size) map[string]int {
			if !s.Options.SSHKeys {
				return map[string]int{"iam:ListSSHPublicKeys": 0}
			}
			return map[string]int{"iam:ListSSHPublicKeys": s.Of(snapshot.User)}
		}, snapshot.IAMUsers).LeavingOut(leaveSSHKeysOut),
	}
}

// principalSource reads users, groups, roles and policies with what belongs to them.
func principalSource() collect.Source {
	return collect.Source{Methods: []collect.Method{
		{Name: "GetAccountAuthorizationDetails", Facets: detailFacets(), Read: authorizationDetails, Calls: func(s collect.Size) map[string]int {
			all := s.Of(snapshot.User) + s.Of(snapshot.Group) + s.Of(snapshot.Role) + s.Of(snapshot.Policy)
			return map[string]int{"iam:GetAccountAuthorizationDetails": collect.PageCount(all, pageSize(s.Options))}
		}},
		{Name: "ListUsers", Facets: []snapshot.Facet{snapshot.IAMUsers}, Read: listUsers, Calls: listing("iam:ListUsers", snapshot.User)},
		{
			Name: "ListGroups", Facets: []snapshot.Facet{snapshot.IAMGroups, snapshot.IAMMemberships}, Read: listGroups,
			Calls: listing("iam:ListGroups", snapshot.Group, "iam:GetGroup"),
		},
		{Name: "ListRoles", Facets: []snapshot.Facet{snapshot.IAMRoles}, Read: listRoles, Calls: listing("iam:ListRoles", snapshot.Role)},
		{
			Name: "ListPolicies", Facets: []snapshot.Facet{snapshot.IAMPolicies}, Read: listPolicies,
			Calls: listing("iam:ListPolicies", snapshot.Policy),
		},
		{
			Name: "GetPolicyVersion", Facets: []snapshot.Facet{snapshot.IAMPolicyDocuments}, After: []snapshot.Facet{snapshot.IAMPolicies},
			Read: readDocuments(snapshot.IAMPolicies, snapshot.IAMPolicyDocuments), Calls: func(s collect.Size) map[string]int {
				return map[string]int{"iam:GetPolicyVersion": s.Of(snapshot.Policy)}
			},
		},
	}}
}

// credentialSource reads the credential report and access keys.
func credentialSource() collect.Source {
	return collect.Source{LeftOut: leaveIDsOut, Methods: []collect.Method{
		{
			Name:   "GetCredentialReport",
			Facets: []snapshot.Facet{snapshot.IAMCredentials, snapshot.IAMAccessKeys, snapshot.IAMAccessKeyIDs, snapshot.IAMAccessKeyUse},
			Read:   readCredentials, Uses: []snapshot.Facet{snapshot.IAMUsers}, More: lateActions(),
			If: func(o collect.Options) bool { return o.Keys != collect.FreshKeys },
			Calls: func(s collect.Size) map[string]int {
				return lateCalls(s, map[string]int{"iam:GenerateCredentialReport": 2, "iam:GetCredentialReport": 1, "iam:ListAccessKeys": newKeys(s) + s.Late})
			},
			Maybe: func(s collect.Size) map[string]int {
				return map[string]int{"iam:GenerateCredentialReport": 1, "iam:ListAccessKeys": newKeys(s), "iam:GetUser": s.Late} // a report may be there
			},
		},
		{
			Name: "GetCredentialReport", Facets: []snapshot.Facet{snapshot.IAMCredentials}, Read: readOnlyCredentials, Uses: []snapshot.Facet{snapshot.IAMUsers},
			More: lateActions(),
			If:   func(o collect.Options) bool { return o.Keys == collect.FreshKeys },
			Calls: func(s collect.Size) map[string]int {
				return lateCalls(s, map[string]int{"iam:GenerateCredentialReport": 2, "iam:GetCredentialReport": 1})
			},
			Maybe: func(s collect.Size) map[string]int { return map[string]int{"iam:GetUser": s.Late} },
		},
		{
			Name:   "ListAccessKeys",
			Facets: []snapshot.Facet{snapshot.IAMAccessKeys, snapshot.IAMAccessKeyIDs, snapshot.IAMAccessKeyUse},
			Read:   listUnlessReported, After: []snapshot.Facet{snapshot.IAMUsers},
			Calls: func(s collect.Size) map[string]int {
				return map[string]int{"iam:ListAccessKeys": s.Of(snapshot.User), "iam:GetAccessKeyLastUsed": s.Of(snapshot.AccessKey)}
			},
		},
	}}
}

// boundarySource reads policies that are used only as boundaries.
func boundarySource() collect.Source {
	return collect.Source{Methods: []collect.Method{
		{
			Name: "GetPolicy", Facets: []snapshot.Facet{snapshot.IAMBoundaryPolicies}, Read: readBoundaries, Calls: none,
			After: []snapshot.Facet{snapshot.IAMUserDetails, snapshot.IAMRoleDetails, snapshot.IAMPolicies}, More: []string{"iam:GetPolicy"},
		},
		{
			Name: "ListPolicies", Facets: []snapshot.Facet{snapshot.IAMBoundaryPolicies}, Read: listBoundaries,
			After: []snapshot.Facet{snapshot.IAMPolicies}, Calls: collect.Always("iam:ListPolicies", 1),
		},
	}}
}

// oidcDetailSource reads what the listing of OpenID Connect providers leaves out.
func oidcDetailSource() collect.Source {
	return collect.One(snapshot.IAMOIDCProviderDetails, "GetOpenIDConnectProvider", readOIDC, providers, snapshot.IAMOIDCProviders).
		Unsure(func(s collect.Size) map[string]int {
			if !s.New {
				return nil
			}
			return providers(s) // the summary counts those of SAML too
		})
}

// hardwareSource reads MFA devices that are not virtual.
func hardwareSource() collect.Source {
	return collect.Source{Methods: []collect.Method{
		{ // one call for each user with such a device, the first time
			Name: "ListMFADevices", Facets: []snapshot.Facet{snapshot.IAMHardwareDevices}, Read: readHardwareMFA,
			After: []snapshot.Facet{snapshot.IAMCredentials, snapshot.IAMMFADevices}, Uses: []snapshot.Facet{snapshot.IAMUsers, snapshot.IAMSummary},
			Calls: newDevices, Maybe: newDevices,
		},
		{
			Name: "ListMFADevices", Facets: []snapshot.Facet{snapshot.IAMHardwareDevices}, Read: listHardwareMFA,
			After: []snapshot.Facet{snapshot.IAMUsers, snapshot.IAMMFADevices}, Calls: func(s collect.Size) map[string]int {
				return map[string]int{"iam:ListMFADevices": s.Of(snapshot.User)}
			},
		},
	}}
}

// none predicts no calls: what there is to read is not known before.
func none(collect.Size) map[string]int { return nil }

// once returns a source that takes one call.
func once(f snapshot.Facet, operation string, read collect.ReadFunc, after ...snapshot.Facet) collect.Source {
	return collect.One(f, operation, read, collect.Always("iam:"+operation, 1), after...)
}

// listing predicts a listing of a kind, and the actions that are called for each
// entity of it.
func listing(action string, kind snapshot.Kind, each ...string) collect.Calls {
	return func(s collect.Size) map[string]int {
		calls := map[string]int{action: collect.PageCount(s.Of(kind), pageSize(s.Options))}
		for _, a := range each {
			calls[a] = s.Of(kind)
		}
		return calls
	}
}

// newKeys returns how many users are asked for their keys' IDs, at most: all of
// them where nothing is known.
func newKeys(s collect.Size) int {
	if !s.New || s.Options.Keys == collect.ReportKeys {
		return 0
	}
	return s.Of(snapshot.User)
}

// newDevices predicts how many users are asked for their MFA devices: the first time
// those who have one that is not virtual.
func newDevices(s collect.Size) map[string]int {
	n := 0
	if s.New {
		n = min(s.Of(snapshot.User), s.Of(snapshot.MFADevice))
	}
	return map[string]int{"iam:ListMFADevices": n}
}

func providers(s collect.Size) map[string]int {
	return map[string]int{"iam:GetOpenIDConnectProvider": s.Of(snapshot.OIDCProvider)}
}

// summary asks an account how large it is.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func summary(ctx collect.Context, size collect.Size) (collect.Size, bool) {
	out, err := client(ctx).GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		return size, false // its cells will say why
	}
	for name, kind := range map[string]snapshot.Kind{
		"Users": snapshot.User, "Groups": snapshot.Group, "Roles": snapshot.Role, "Policies": snapshot.Policy,
		"MFADevicesInUse": snapshot.MFADevice, "Providers": snapshot.OIDCProvider,
	} {
		size.Set(kind, int(out.SummaryMap[name]))
	}
	return size, true
}
