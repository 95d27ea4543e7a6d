package answer

import (
	"fmt"
	"reflect"
	"strings"
)

// identities are the members that identify the items of lists, as paths of fields of the
// SDK's output. A list that is empty or absent lacks nothing; an item without its
// identity is not one of AWS's.
var identities = map[string]map[string][]string{
	"CloudWatch": {
		"GetMetricData": {"MetricDataResults.Id"},
		"ListMetrics":   {"Metrics.Namespace", "Metrics.MetricName"},
	},
	"CloudWatch Logs": {"DescribeLogGroups": {"LogGroups.LogGroupName"}},
	"EC2": {
		"DescribeInstanceStatus": {"InstanceStatuses.InstanceId"},
		"DescribeInstances":      {"Reservations.Instances.InstanceId"},
		"DescribeRegions":        {"Regions.RegionName"},
		"DescribeSecurityGroups": {"SecurityGroups.GroupId"},
		"DescribeVolumes":        {"Volumes.VolumeId"},
		"StartInstances":         {"StartingInstances.InstanceId"},
		"StopInstances":          {"StoppingInstances.InstanceId"},
	},
	"IAM": {
		"GetAccountAuthorizationDetails": {"UserDetailList.Arn", "GroupDetailList.Arn", "RoleDetailList.Arn", "Policies.Arn"},
		"GetGroup":                       {"Users.Arn"},
		"ListAccessKeys":                 {"AccessKeyMetadata.AccessKeyId"},
		"ListGroups":                     {"Groups.Arn"},
		"ListInstanceProfiles":           {"InstanceProfiles.Arn"},
		"ListMFADevices":                 {"MFADevices.SerialNumber"},
		"ListOpenIDConnectProviders":     {"OpenIDConnectProviderList.Arn"},
		"ListPolicies":                   {"Policies.Arn"},
		"ListRoles":                      {"Roles.Arn"},
		"ListSAMLProviders":              {"SAMLProviderList.Arn"},
		"ListSSHPublicKeys":              {"SSHPublicKeys.SSHPublicKeyId"},
		"ListServiceSpecificCredentials": {"ServiceSpecificCredentials.ServiceSpecificCredentialId"},
		"ListSigningCertificates":        {"Certificates.CertificateId"},
		"ListUsers":                      {"Users.Arn"},
		"ListVirtualMFADevices":          {"VirtualMFADevices.SerialNumber"},
	},
	"identitystore": {
		"ListGroupMemberships": {"GroupMemberships.MembershipId"},
		"ListGroups":           {"Groups.GroupId"},
		"ListUsers":            {"Users.UserId"},
	},
	"Lambda": {"ListFunctions": {"Functions.FunctionArn"}},
	"Organizations": {
		"ListAccounts":                     {"Accounts.Id"},
		"ListAccountsForParent":            {"Accounts.Id"},
		"ListDelegatedAdministrators":      {"DelegatedAdministrators.Id"},
		"ListDelegatedServicesForAccount":  {"DelegatedServices.ServicePrincipal"},
		"ListOrganizationalUnitsForParent": {"OrganizationalUnits.Id"},
		"ListPolicies":                     {"Policies.Id"},
		"ListRoots":                        {"Roots.Id"},
		"ListTargetsForPolicy":             {"Targets.TargetId"},
	},
	"RDS": {
		"DescribeDBClusters":  {"DBClusters.DBClusterArn"},
		"DescribeDBInstances": {"DBInstances.DBInstanceArn"},
	},
	"S3": {
		"ListBuckets":        {"Buckets.Name"},
		"ListObjectVersions": {"Versions.Key", "DeleteMarkers.Key", "CommonPrefixes.Prefix"},
		"ListObjectsV2":      {"Contents.Key", "CommonPrefixes.Prefix"},
	},
	"Secrets Manager": {"ListSecrets": {"SecretList.ARN"}},
	"SSO Admin": {
		"ListAccountAssignments":                             {"AccountAssignments.PrincipalId"},
		"ListAccountAssignmentsForPrincipal":                 {"AccountAssignments.PrincipalId"},
		"ListApplicationAssignments":                         {"ApplicationAssignments.PrincipalId"},
		"ListApplications":                                   {"Applications.ApplicationArn"},
		"ListCustomerManagedPolicyReferencesInPermissionSet": {"CustomerManagedPolicyReferences.Name"},
		"ListInstances":                                      {"Instances.InstanceArn"},
		"ListManagedPoliciesInPermissionSet":                 {"AttachedManagedPolicies.Arn"},
		"ListTrustedTokenIssuers":                            {"TrustedTokenIssuers.TrustedTokenIssuerArn"},
	},
}

// unidentified describes a member that an item of an output's lists lacks, or returns "".
func unidentified(output any, paths []string) string {
	for _, path := range paths {
		if !identified(reflect.ValueOf(output), strings.Split(path, ".")) {
			at := strings.LastIndex(path, ".")
			return fmt.Sprintf("%s in an item of %s", path[at+1:], path[:at])
		}
	}
	return ""
}

// identified reports whether every item has a text that is not empty at a path of
// fields.
func identified(v reflect.Value, path []string) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && identified(v.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			if !identified(v.Index(i), path) {
				return false
			}
		}
		return true
	case reflect.Struct:
		return identified(v.FieldByName(path[0]), path[1:])
	default:
		return v.IsValid() && !v.IsZero()
	}
}
