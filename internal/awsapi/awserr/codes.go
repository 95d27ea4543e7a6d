package awserr

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// meaning is what an AWS error code says, and what to do about it.
type meaning struct {
	kind       fault.Kind
	cause, fix string
}

// Fixes that several codes share.
const (
	fixKeys    = "give the connection working credentials: sign in again, or replace the keys; hawser connections check tells more"
	fixExpired = "sign in again (hawser login), or renew the session token; Hawser renews the credentials of other sources by itself"
	FixClock   = "set this machine's clock, and keep it right with NTP"
)

// codes is what AWS's common error codes mean. The per-service ones that
// follow AWS's naming are caught by shapes.
//
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/CommonErrors.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
var codes = map[string]meaning{
	"InvalidClientTokenId":        {fault.BadCredentials, "AWS does not know this access key: it was deleted, made inactive, or belongs to another partition", fixKeys},
	"InvalidAccessKeyId":          {fault.BadCredentials, "AWS does not know this access key: it was deleted, made inactive, or belongs to another partition", fixKeys},
	"UnrecognizedClientException": {fault.BadCredentials, "AWS does not know this access key or session token", fixKeys},
	"AuthFailure":                 {fault.BadCredentials, "AWS could not validate the credentials", fixKeys},
	"InvalidToken":                {fault.BadCredentials, "the session token is malformed or belongs to another key", fixKeys},
	"InvalidIdentityToken":        {fault.BadCredentials, "the web identity token is not accepted", "check the role's trust policy and its OIDC provider"},
	"IDPRejectedClaim":            {fault.BadCredentials, "the identity provider rejected the token", "check the role's trust policy and its OIDC provider"},
	"MissingAuthenticationToken":  {fault.BadCredentials, "the request carried no credentials", fixKeys},
	"SignatureDoesNotMatch":       {fault.BadCredentials, "the secret key does not belong to the access key", "check the secret key for a missing or doubled character; " + fixKeys},
	"InvalidSignatureException":   {fault.BadCredentials, "the secret key does not belong to the access key", "check the secret key for a missing or doubled character; " + fixKeys},
	"IncompleteSignature":         {fault.BadCredentials, "the access key is malformed", fixKeys},
	"OptInRequired":               {fault.BadCredentials, "the account is not signed up for the service, or the region is not enabled", "enable the service or region for the account"},

	"ExpiredToken":          {fault.ExpiredCredentials, "the session token has expired", fixExpired},
	"ExpiredTokenException": {fault.ExpiredCredentials, "the session token has expired", fixExpired},
	"TokenRefreshRequired":  {fault.ExpiredCredentials, "the session token has expired", fixExpired},
	"UnauthorizedException": {fault.ExpiredCredentials, "the SSO token is not accepted", "run: hawser login"},
	"InvalidGrantException": {fault.ExpiredCredentials, "the SSO session has ended", "run: hawser login"},

	"RequestTimeTooSkewed": {fault.ClockSkew, "", FixClock},
	"RequestExpired":       {fault.ClockSkew, "", FixClock},
	"RequestInTheFuture":   {fault.ClockSkew, "", FixClock},

	"AccessDenied":                {fault.Denied, "", ""},
	"AccessDeniedException":       {fault.Denied, "", ""},
	"AuthorizationError":          {fault.Denied, "", ""},
	"AuthorizationErrorException": {fault.Denied, "", ""},
	"UnauthorizedOperation":       {fault.Denied, "", ""},
	"Forbidden":                   {fault.Denied, "", ""},
	"ForbiddenException":          {fault.Denied, "", ""},
	"KMSAccessDeniedException":    {fault.Denied, "the KMS key's policy does not allow its use", ""},

	"PermanentRedirect":                   {fault.WrongRegion, "", ""},
	"TemporaryRedirect":                   {fault.WrongRegion, "", ""},
	"MovedPermanently":                    {fault.WrongRegion, "", ""},
	"AuthorizationHeaderMalformed":        {fault.WrongRegion, "", ""},
	"IllegalLocationConstraintException":  {fault.WrongRegion, "", ""},
	"RegionDisabledException":             {fault.Invalid, "the account has not enabled this region", "enable the region in the account, or use another"},
	"AWSOrganizationsNotInUseException":   {fault.NotFound, "the account is in no organization", "list accounts in the connection, or omit --all-accounts"},
	"DatabaseNotFoundException":           {fault.NotFound, "", "check the resource ARN; the cluster needs the Data API (HTTP endpoint) enabled"},
	"HttpEndpointNotEnabledException":     {fault.Conflict, "the cluster's Data API is off", "enable the HTTP endpoint of the cluster"},
	"DatabaseResumingException":           {fault.Unavailable, "the database is waking up from its pause", "try again in half a minute"},
	"StatementTimeoutException":           {fault.Timeout, "the statement ran longer than the Data API's 45 seconds", "narrow the statement"},
	"UnsupportedResultException":          {fault.Invalid, "the Data API cannot give a column of that type", "cast the column to text in the statement, such as CAST(column AS text)"},
	"SecretsErrorException":               {fault.Invalid, "the secret cannot be read, or holds no user name and password", "give the ARN of a secret with username and password that the caller may read"},
	"InvalidSecretException":              {fault.Invalid, "the secret holds no user name and password", "give the ARN of a secret with username and password"},
	"TransactionNotFoundException":        {fault.NotFound, "the transaction has ended: it was committed or rolled back, or nothing was done in it for three minutes", "begin a new transaction"},
	"InvalidResourceStateException":       {fault.Conflict, "the cluster or its secret is not in a state for this", "check the cluster's state: hawser rds list"},
	"DatabaseUnavailableException":        {fault.Unavailable, "the writer instance of the cluster does not answer", "check the cluster's state: hawser rds list"},
	"BadRequestException":                 {fault.Invalid, "", ""},
	"DatabaseErrorException":              {fault.Invalid, "the database refused the statement", "correct the statement"},
	"InvalidObjectState":                  {fault.Conflict, "the object is archived", "restore it first"},
	"PreconditionFailed":                  {fault.Conflict, "the object is not in the state that the call asked for", "read it again and decide anew"},
	"ConditionalRequestConflict":          {fault.Conflict, "another write to the same key came first", "try again"},
	"NotFound":                            {fault.NotFound, "", ""},
	"InvalidInstanceID.Malformed":         {fault.Invalid, "", "an instance's id is i- and 8 or 17 digits of 0-9 and a-f; look with hawser ec2 list"},
	"EntityAlreadyExists":                 {fault.Conflict, "", ""},
	"DeleteConflict":                      {fault.Conflict, "", ""},
	"BucketNotEmpty":                      {fault.Conflict, "", "delete its objects and versions first"},
	"OperationAborted":                    {fault.Conflict, "another change of the same thing is under way", "try again"},
	"IncorrectState":                      {fault.Conflict, "", ""},
	"IncorrectInstanceState":              {fault.Conflict, "", "wait until the instance has reached the state it is changing to"},
	"UnsupportedOperation":                {fault.Conflict, "", ""},
	"UnsupportedHibernationConfiguration": {fault.Conflict, "the instance was not launched with hibernation", "stop it without hibernate"},
	"DryRunOperation":                     {fault.Conflict, "this was a dry run; the call would have succeeded", ""},

	"InstanceLimitExceeded": {fault.Quota, "", ""},
	"VcpuLimitExceeded":     {fault.Quota, "", ""},
	"TooManyBuckets":        {fault.Quota, "", ""},

	"InvalidAction":             {fault.Unsupported, "", ""},
	"UnknownOperation":          {fault.Unsupported, "", ""},
	"UnknownOperationException": {fault.Unsupported, "", ""},
	"NotImplemented":            {fault.Unsupported, "", ""},
	"Unsupported":               {fault.Unsupported, "", ""},
}

// shape is a family of codes.
type shape struct {
	matches func(code string) bool
	kind    fault.Kind
}

// shapes are patterns of AWS's codes. The first match counts.
var shapes = []shape{
	{hasSuffix("QuotaExceeded", "QuotaExceededException", "QuotaExceededFault", "LimitExceeded", "LimitExceededException",
		"LimitExceededFault", "StorageExceededException", "TooManyEntriesException"), fault.Quota},
	{hasSuffix("NotFound", "NotFoundException", "NotFoundFault", "DoesNotExist"), fault.NotFound},
	{hasPrefix("NoSuch"), fault.NotFound},
	{hasSuffix("AlreadyExists", "AlreadyExistsException", "AlreadyExistsFault", "AlreadyOwnedByYou", "ConflictException",
		"InUse", "InUseException", "StateFault", "InvalidState", "NotReadyException", "ConcurrentModification",
		"ConcurrentModificationException"), fault.Conflict},
	{hasPrefix("Validation", "Invalid", "Malformed", "Missing", "Bad", "EntityToo", "KeyTooLong", "PackedPolicyTooLarge",
		"RequestTooLarge", "RequestEntityTooLarge"), fault.Invalid},
	{hasSuffix(".Malformed", "ValidationException"), fault.Invalid},
}

func hasSuffix(suffixes ...string) func(string) bool {
	return func(code string) bool {
		return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(code, s) })
	}
}

func hasPrefix(prefixes ...string) func(string) bool {
	return func(code string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(code, p) })
	}
}

// meaningOf looks a code up; the status decides for codes that nobody knows.
func meaningOf(code string, status int) meaning {
	if m, ok := codes[code]; ok {
		return m
	}
	if slices.Contains(transientCodes, code) {
		return meaning{kind: fault.Unavailable}
	}
	for _, s := range shapes {
		if s.matches(code) {
			return meaning{kind: s.kind}
		}
	}
	return meaning{kind: kindOfStatus(status)}
}

func kindOfStatus(status int) fault.Kind {
	switch {
	case status == 501:
		return fault.Unsupported
	case status >= 500:
		return fault.Unavailable
	case status == 429:
		return fault.Throttled
	case status == 409 || status == 412:
		return fault.Conflict
	case status == 404:
		return fault.NotFound
	case status == 401 || status == 403:
		return fault.Denied
	case status == 301 || status == 307:
		return fault.WrongRegion
	case status >= 400:
		return fault.Invalid
	case status > 0: // a redirection, or a success that carried a code
		return fault.Endpoint
	default:
		return fault.Internal
	}
}
