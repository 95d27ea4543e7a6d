package answer

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// protocol is how a service writes its answers.
//
// https://smithy.io/2.0/aws/protocols/index.html
type protocol int

const (
	query   protocol = iota + 1 // AWS query and EC2's form of it: XML
	restXML                     // S3
	jsonish                     // AWS JSON and REST JSON
	cbor                        // Smithy RPC v2
)

// service describes a service's answers.
type service struct {
	protocol   protocol
	paging     paging // of all listings, unless they have their own
	operations map[string]answer
}

// answer is what an operation's answer must contain. The models do not require
// any member.
type answer struct {
	// members are fields of the SDK's output, as paths; alternatives are
	// separated by "|". AWS sends lists that are empty as such.
	members []string
	// root is the root element of an answer of S3; empty if it has no body of
	// S3's own.
	root string
	// keys are members of a JSON object of which one must be there, for those
	// that the SDK's output does not tell from an absent one.
	keys []string
	// header is set if the body is not written by the service, so that the answer
	// must have a header of AWS.
	header bool
	// paging is that of a listing which differs from others of its service.
	paging paging
	// statuses gives the statuses of an answer to a request that succeeded; nil is
	// 200 alone.
	statuses func(*http.Request) []int
}

func needs(members ...string) answer { return answer{members: members} }

func rooted(root string, members ...string) answer { return answer{root: root, members: members} }

func (a answer) paged(p paging) answer {
	a.paging = p
	return a
}

// keysOfRole are the members of an answer with a role's credentials.
var keysOfRole = needs("Credentials.AccessKeyId", "Credentials.SecretAccessKey", "Credentials.SessionToken", "Credentials.Expiration")

// answers are the operations that Hawser calls, by the SDK's names.
var answers = map[string]service{
	"CloudWatch": {cbor, byNextToken, map[string]answer{
		"GetMetricData": needs("MetricDataResults"),
		"ListMetrics":   needs("Metrics"),
	}},
	"CloudWatch Logs": {jsonish, byNextToken, map[string]answer{
		"DescribeLogGroups": needs("LogGroups"),
		"FilterLogEvents":   needs("Events"),
	}},
	"EC2": {query, byNextToken, map[string]answer{
		"DescribeInstanceStatus": needs("InstanceStatuses"),
		"DescribeInstances":      needs("Reservations"),
		"DescribeRegions":        needs("Regions"),
		"DescribeSecurityGroups": needs("SecurityGroups"),
		"DescribeVolumes":        needs("Volumes"),
		"StartInstances":         needs("StartingInstances"),
		"StopInstances":          needs("StoppingInstances"),
	}},
	"IAM":           {query, byMarkerIfTruncated, iamAnswers},
	"identitystore": {jsonish, byNextToken, identityStoreAnswers},
	"Lambda": {jsonish, byNextMarker, map[string]answer{
		"GetFunction":              needs("Configuration.FunctionArn"),
		"GetFunctionConfiguration": needs("FunctionArn"),
		"Invoke":                   {header: true, statuses: ofInvocation},
		"ListFunctions":            needs("Functions"),
		"ListTags":                 needs("Tags"),
	}},
	"Organizations": {jsonish, byNextToken, organizationsAnswers},
	"RDS": {query, byMarker, map[string]answer{
		"DescribeDBClusters":  needs("DBClusters"),
		"DescribeDBInstances": needs("DBInstances"),
	}},
	"RDS Data": {jsonish, paging{}, map[string]answer{
		"BatchExecuteStatement": needs("UpdateResults"),
		"BeginTransaction":      needs("TransactionId"),
		"CommitTransaction":     needs("TransactionStatus"),
		"ExecuteStatement":      {keys: []string{"numberOfRecordsUpdated", "records", "formattedRecords"}},
		"RollbackTransaction":   needs("TransactionStatus"),
	}},
	"S3": {restXML, paging{}, s3Answers},
	"Secrets Manager": {jsonish, paging{}, map[string]answer{
		"GetSecretValue": needs("ARN", "SecretString|SecretBinary"),
		"ListSecrets":    needs("SecretList").paged(byNextToken),
	}},
	"Signin": {jsonish, paging{}, map[string]answer{
		"CreateOAuth2Token": needs("TokenOutput.AccessToken.AccessKeyId", "TokenOutput.AccessToken.SecretAccessKey", "TokenOutput.AccessToken.SessionToken"),
	}},
	"SSO": {jsonish, paging{}, map[string]answer{
		"Logout":             {header: true},
		"GetRoleCredentials": needs("RoleCredentials.AccessKeyId", "RoleCredentials.SecretAccessKey", "RoleCredentials.SessionToken"),
	}},
	"SSO Admin": {jsonish, byNextToken, ssoAdminAnswers},
	"SSO OIDC": {jsonish, paging{}, map[string]answer{
		"CreateToken":              needs("AccessToken"),
		"RegisterClient":           needs("ClientId", "ClientSecret"),
		"StartDeviceAuthorization": needs("DeviceCode", "UserCode", "VerificationUri"),
	}},
	"STS": {query, paging{}, map[string]answer{
		"AssumeRole":                keysOfRole,
		"AssumeRoleWithWebIdentity": keysOfRole,
		"GetAccessKeyInfo":          needs("Account"),
		"GetCallerIdentity":         needs("Account", "Arn"),
	}},
}

var iamAnswers = map[string]answer{
	"GenerateCredentialReport":       needs("State"),
	"GetAccessKeyLastUsed":           needs("AccessKeyLastUsed"),
	"GetAccountAuthorizationDetails": needs("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"),
	"GetAccountPasswordPolicy":       needs("PasswordPolicy"),
	"GetAccountSummary":              needs("SummaryMap"),
	"GetCredentialReport":            needs("Content"),
	"GetGroup":                       needs("Group", "Users"),
	"GetLoginProfile":                needs("LoginProfile"),
	"GetOpenIDConnectProvider":       needs("Url"),
	"GetPolicy":                      needs("Policy"),
	"GetPolicyVersion":               needs("PolicyVersion"),
	"GetUser":                        needs("User"),
	"ListAccessKeys":                 needs("AccessKeyMetadata"),
	"ListAccountAliases":             needs("AccountAliases"),
	"ListGroups":                     needs("Groups"),
	"ListInstanceProfiles":           needs("InstanceProfiles"),
	"ListMFADevices":                 needs("MFADevices"),
	"ListOpenIDConnectProviders":     needs("OpenIDConnectProviderList"),
	"ListPolicies":                   needs("Policies"),
	"ListRoles":                      needs("Roles"),
	"ListSAMLProviders":              needs("SAMLProviderList"),
	"ListSSHPublicKeys":              needs("SSHPublicKeys"),
	"ListServiceSpecificCredentials": needs("ServiceSpecificCredentials"),
	"ListSigningCertificates":        needs("Certificates"),
	"ListUsers":                      needs("Users"),
	"ListVirtualMFADevices":          needs("VirtualMFADevices"),
}

var identityStoreAnswers = map[string]answer{
	"ListGroupMemberships": needs("GroupMemberships"),
	"ListGroups":           needs("Groups"),
	"ListUsers":            needs("Users"),
}

var organizationsAnswers = map[string]answer{
	"DescribeOrganization":             needs("Organization"),
	"DescribePolicy":                   needs("Policy"),
	"ListAccounts":                     needs("Accounts"),
	"ListAccountsForParent":            needs("Accounts"),
	"ListDelegatedAdministrators":      needs("DelegatedAdministrators"),
	"ListDelegatedServicesForAccount":  needs("DelegatedServices"),
	"ListOrganizationalUnitsForParent": needs("OrganizationalUnits"),
	"ListPolicies":                     needs("Policies"),
	"ListRoots":                        needs("Roots"),
	"ListTagsForResource":              needs("Tags"),
	"ListTargetsForPolicy":             needs("Targets"),
}

var ssoAdminAnswers = map[string]answer{
	"DescribePermissionSet":                              needs("PermissionSet"),
	"GetInlinePolicyForPermissionSet":                    needs("InlinePolicy"),
	"GetPermissionsBoundaryForPermissionSet":             needs("PermissionsBoundary"),
	"ListAccountAssignments":                             needs("AccountAssignments"),
	"ListAccountAssignmentsForPrincipal":                 needs("AccountAssignments"),
	"ListAccountsForProvisionedPermissionSet":            needs("AccountIds"),
	"ListApplicationAssignments":                         needs("ApplicationAssignments"),
	"ListApplications":                                   needs("Applications"),
	"ListCustomerManagedPolicyReferencesInPermissionSet": needs("CustomerManagedPolicyReferences"),
	"ListInstances":                                      needs("Instances"),
	"ListManagedPoliciesInPermissionSet":                 needs("AttachedManagedPolicies"),
	"ListPermissionSets":                                 needs("PermissionSets"),
	"ListPermissionSetsProvisionedToAccount":             needs("PermissionSets"),
	"ListTrustedTokenIssuers":                            needs("TrustedTokenIssuers"),
}

var s3Answers = map[string]answer{
	"AbortMultipartUpload":    {statuses: oneOf(http.StatusNoContent)},
	"CompleteMultipartUpload": rooted("CompleteMultipartUploadResult", "ETag"),
	"CopyObject":              rooted("CopyObjectResult", "CopyObjectResult.ETag"),
	"CreateMultipartUpload":   rooted("InitiateMultipartUploadResult", "UploadId"),
	"CreateBucket":            needs("Location"),
	"DeleteBucket":            {statuses: oneOf(http.StatusNoContent)},
	"DeleteObjects":           rooted("DeleteResult"),
	"DeleteObject":            {statuses: oneOf(http.StatusNoContent)},
	"GetBucketLocation":       rooted("LocationConstraint"),
	"GetBucketVersioning":     rooted("VersioningConfiguration"),
	"GetObject":               {members: []string{"ETag"}, statuses: oneOf(http.StatusOK, http.StatusPartialContent)},
	"GetObjectTagging":        rooted("Tagging", "TagSet"),
	"HeadBucket":              {},
	"HeadObject":              {members: []string{"ETag"}, statuses: oneOf(http.StatusOK, http.StatusPartialContent)},
	"ListBuckets":             rooted("ListAllMyBucketsResult", "Buckets").paged(byContinuationToken),
	"ListObjectVersions":      rooted("ListVersionsResult", "Name").paged(byVersion),
	"ListObjectsV2":           rooted("ListBucketResult", "Name").paged(byContinuationTokenIfTruncated),

	"PutObject":      needs("ETag"),
	"UploadPart":     needs("ETag"),
	"UploadPartCopy": rooted("CopyPartResult", "CopyPartResult.ETag"),
}

// oneOf are statuses that do not depend on the request.
func oneOf(statuses ...int) func(*http.Request) []int {
	return func(*http.Request) []int { return statuses }
}

// ofInvocation returns the status that the type of an invocation is answered
// with.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax
func ofInvocation(r *http.Request) []int {
	switch types.InvocationType(r.Header.Get("X-Amz-Invocation-Type")) {
	case types.InvocationTypeEvent:
		return []int{http.StatusAccepted}
	case types.InvocationTypeDryRun:
		return []int{http.StatusNoContent}
	default:
		return []int{http.StatusOK}
	}
}

// missing returns a member that an output lacks, or "".
func (a answer) missing(output any) string {
	for _, alternatives := range a.members {
		found := false
		for path := range strings.SplitSeq(alternatives, "|") {
			found = found || present(output, path)
		}
		if !found {
			return strings.ReplaceAll(alternatives, "|", " and no ")
		}
	}
	return ""
}

// present reports whether an output has something at a path of fields. A list
// that is empty is something.
func present(output any, path string) bool {
	v := reflect.ValueOf(output)
	for field := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return false
		}
		v = v.FieldByName(field)
	}
	return v.IsValid() && !v.IsZero()
}

// Operations lists the operations whose answers are checked, by the SDK's name
// of their service, each with the members that its answer must have.
func Operations() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for name, s := range answers {
		all[name] = map[string][]string{}
		for operation, a := range s.operations {
			all[name][operation] = a.members
		}
	}
	return all
}
