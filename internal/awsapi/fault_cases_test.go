package awsapi_test

import (
	"context"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
)

// faultCase is what a server answers to a call, and the fault that it makes.
type faultCase struct {
	action string
	answer reply
	call   func(context.Context, *awsapi.Session) error
	want   fault.Error // Kind, Code, Op, Region, Action, Resource, PolicyKind, Statement
	cause  string      // a part of it
}

// What the calls are to the server.
const (
	getB, headB = "GET /b/k", "HEAD /b"
	listF       = "GET /2015-03-31/functions"
	invokeF     = "POST /2015-03-31/functions/f/invocations"
)

// credentialFaults are errors about who asks.
func credentialFaults() map[string]faultCase {
	return map[string]faultCase{
		"unknown key": {
			"GetCallerIdentity", queryError(403, "InvalidClientTokenId", "The security token included in the request is invalid."), whoAmI,
			fault.Error{Kind: fault.BadCredentials, Code: "InvalidClientTokenId", Op: "sts:GetCallerIdentity"},
			"does not know this access key",
		},
		"wrong secret": {
			getB, s3Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"), getObject,
			fault.Error{Kind: fault.BadCredentials, Code: "SignatureDoesNotMatch", Op: "s3:GetObject"},
			"does not belong",
		},
		"ended session": {
			getB, s3Error(400, "ExpiredToken", "The provided token has expired."), getObject,
			fault.Error{Kind: fault.ExpiredCredentials, Code: "ExpiredToken", Op: "s3:GetObject"},
			"has ended",
		},
	}
}

// longEncoded is as long as EC2's may be.
var longEncoded = strings.Repeat("Wq8-x_Yz", 1250)

// denialFaults are errors about what is allowed.
func denialFaults() map[string]faultCase {
	return map[string]faultCase{
		"denied with its reason": {
			"GetCallerIdentity", queryError(403, "AccessDenied", "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: "+
				"sts:GetCallerIdentity on resource: arn:aws:iam::111122223333:user/ada because no permissions boundary allows the sts:GetCallerIdentity action"), whoAmI,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "sts:GetCallerIdentity", Action: "sts:GetCallerIdentity",
				Resource: "arn:aws:iam::111122223333:user/ada", PolicyKind: "permissions boundary",
				Statement: `{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"arn:aws:iam::111122223333:user/ada"}`,
			},
			"",
		},
		"denied without a reason": {
			getB, s3Error(403, "AccessDenied", "Access Denied"), getObject,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "s3:GetObject", Action: "s3:GetObject",
				Statement: `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`,
			},
			"",
		},
		"denied a version": {
			getB, s3Error(403, "AccessDenied", "Access Denied"), getVersion,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "s3:GetObject", Action: "s3:GetObjectVersion",
				Statement: `{"Effect":"Allow","Action":"s3:GetObjectVersion","Resource":"*"}`,
			},
			"",
		},
		"denied on HEAD": {
			headB, statusOnly(403), headBucket,
			fault.Error{
				Kind: fault.Denied, Code: "Forbidden", Op: "s3:ListBucket", Action: "s3:ListBucket",
				Statement: `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`,
			},
			"",
		},
		"denied on EC2": {
			"StopInstances", ec2Error(403, "UnauthorizedOperation", "You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/ada "+
				"is not authorized to perform: ec2:StopInstances on resource: arn:aws:ec2:us-east-1:111122223333:instance/i-1 with an explicit deny in a "+
				"service control policy. Encoded authorization failure message: "+longEncoded), stopInstance,
			fault.Error{
				Kind: fault.Denied, Code: "UnauthorizedOperation", Op: "ec2:StopInstances", Action: "ec2:StopInstances",
				Resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-1", PolicyKind: "service control",
				EncodedMessage: longEncoded,
			},
			"",
		},
	}
}

// placeFaults are errors about regions and clocks.
func placeFaults() map[string]faultCase {
	return map[string]faultCase{
		"wrong region, 301": {
			getB, elsewhere("eu-west-1", s3Error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")), getObject,
			fault.Error{Kind: fault.WrongRegion, Code: "PermanentRedirect", Op: "s3:GetObject", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, 400": {
			getB, elsewhere("eu-west-1", s3Error(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-1'")), getObject,
			fault.Error{Kind: fault.WrongRegion, Code: "AuthorizationHeaderMalformed", Op: "s3:GetObject", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, HEAD 301": {
			headB, elsewhere("eu-west-1", statusOnly(301)), headBucket,
			fault.Error{Kind: fault.WrongRegion, Code: "MovedPermanently", Op: "s3:ListBucket", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, HEAD 400": {
			headB, elsewhere("eu-west-1", statusOnly(400)), headBucket,
			fault.Error{Kind: fault.WrongRegion, Code: "BadRequest", Op: "s3:ListBucket", Region: "eu-west-1"},
			"us-east-1",
		},
		"clock behind": {
			getB, late(20*time.Minute, s3Error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")), getObject,
			fault.Error{Kind: fault.ClockSkew, Code: "RequestTimeTooSkewed", Op: "s3:GetObject"},
			"behind AWS's",
		},
		"clock ahead": {
			"StopInstances", late(-time.Hour, ec2Error(400, "RequestExpired", "Request has expired.")), stopInstance,
			fault.Error{Kind: fault.ClockSkew, Code: "RequestExpired", Op: "ec2:StopInstances"},
			"ahead of AWS's",
		},
		"RequestExpired with a right clock": {
			"StopInstances", ec2Error(400, "RequestExpired", "Request has expired."), stopInstance,
			fault.Error{Kind: fault.ExpiredCredentials, Code: "RequestExpired", Op: "ec2:StopInstances"},
			"clock is right",
		},
	}
}

// limitFaults are errors about rates and quotas.
func limitFaults() map[string]faultCase {
	return map[string]faultCase{
		"throttled": {
			"StopInstances", ec2Error(503, "RequestLimitExceeded", "Request limit exceeded."), stopInstance,
			fault.Error{Kind: fault.Throttled, Code: "RequestLimitExceeded", Op: "ec2:StopInstances"},
			"ec2:StopInstances was asked 4 times",
		},
		"throttled by S3": {
			getB, s3Error(503, "SlowDown", "Please reduce your request rate."), getObject,
			fault.Error{Kind: fault.Throttled, Code: "SlowDown", Op: "s3:GetObject"},
			"asked to slow down 4 times",
		},
		"Lambda's rate": {
			invokeF, lambdaError(429, "TooManyRequestsException", `{"Reason": "CallerRateLimitExceeded", "message": "Rate Exceeded."}`), invoke,
			fault.Error{Kind: fault.Throttled, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"asked 4 times",
		},
		"Lambda's concurrency": {
			invokeF, lambdaError(429, "TooManyRequestsException", `{"Reason": "ConcurrentInvocationLimitExceeded", "message": "Rate Exceeded."}`), invoke,
			fault.Error{Kind: fault.Quota, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"account's Lambda concurrency",
		},
		"a function's reserved concurrency": {
			invokeF, lambdaError(429, "TooManyRequestsException", `{"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "message": "Rate Exceeded."}`), invoke,
			fault.Error{Kind: fault.Quota, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"reserved concurrency",
		},
		"a quota": {
			"StopInstances", ec2Error(400, "InstanceLimitExceeded", "You have requested more instances than your quota"), stopInstance,
			fault.Error{Kind: fault.Quota, Code: "InstanceLimitExceeded", Op: "ec2:StopInstances"},
			"quota",
		},
	}
}

// resourceFaults are errors about the thing that is asked for.
func resourceFaults() map[string]faultCase {
	return map[string]faultCase{
		"not found": {
			getB, s3Error(404, "NoSuchKey", "The specified key does not exist."), getObject,
			fault.Error{Kind: fault.NotFound, Code: "NoSuchKey", Op: "s3:GetObject"},
			"",
		},
		"not found on HEAD": {
			headB, statusOnly(404), headBucket,
			fault.Error{Kind: fault.NotFound, Code: "NotFound", Op: "s3:ListBucket"},
			"",
		},
		"not found on EC2": {
			"StopInstances", ec2Error(400, "InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist"), stopInstance,
			fault.Error{Kind: fault.NotFound, Code: "InvalidInstanceID.NotFound", Op: "ec2:StopInstances"},
			"",
		},
		"conflict": {
			"StopInstances", ec2Error(400, "IncorrectInstanceState", "The instance 'i-1' is not in a state from which it can be stopped."), stopInstance,
			fault.Error{Kind: fault.Conflict, Code: "IncorrectInstanceState", Op: "ec2:StopInstances"},
			"",
		},
		"invalid input": {
			"StopInstances", ec2Error(400, "InvalidInstanceID.Malformed", "Invalid id: \"i-1\""), stopInstance,
			fault.Error{Kind: fault.Invalid, Code: "InvalidInstanceID.Malformed", Op: "ec2:StopInstances"},
			"",
		},
		"input that never left": {
			"", nil, badCall, fault.Error{Kind: fault.Invalid, Op: "s3:GetObject"}, "",
		},
		"unavailable": {
			"GetCallerIdentity", queryError(500, "InternalFailure", "oops"), whoAmI,
			fault.Error{Kind: fault.Unavailable, Code: "InternalFailure", Op: "sts:GetCallerIdentity"},
			"failed 3 times",
		},
		"unsupported": {
			getB, s3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented."), getObject,
			fault.Error{Kind: fault.Unsupported, Code: "NotImplemented", Op: "s3:GetObject"},
			"",
		},
	}
}

// brokenAnswers are answers that are none of AWS's.
func brokenAnswers() map[string]faultCase {
	return map[string]faultCase{
		"reset": {
			"GetCallerIdentity", reset, whoAmI, fault.Error{Kind: fault.Network, Op: "sts:GetCallerIdentity"}, "",
		},
		"truncated": {
			"GetCallerIdentity", truncated, whoAmI, fault.Error{Kind: fault.Network, Op: "sts:GetCallerIdentity"}, "",
		},
		"truncated JSON": {
			listF, truncated, listFunctions, fault.Error{Kind: fault.Network, Op: "lambda:ListFunctions"}, "",
		},
		"whole, and half an XML document": {
			"GetCallerIdentity", whole("text/xml", "<GetCallerIdentityResponse>"), whoAmI,
			fault.Error{Kind: fault.Endpoint, Op: "sts:GetCallerIdentity"},
			"came whole",
		},
		"whole, and half a JSON document": {
			listF, whole("application/json", `{"Functions": [`), listFunctions,
			fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"},
			"came whole",
		},
		"a proxy's page": {
			"GetCallerIdentity", whole("text/html", "<html><h1>Sign in<br></h1></html>"), whoAmI,
			fault.Error{Kind: fault.Endpoint, Op: "sts:GetCallerIdentity"},
			"HTML",
		},
		"a proxy's page as JSON": {
			listF, whole("text/html; charset=utf-8", "<html><h1>Sign in<br></h1></html>"), listFunctions,
			fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"},
			"HTML",
		},
		"a proxy's failure": {
			listF, htmlStatus(502), listFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a page of HTML",
		},
		"a load balancer's page": {
			listF, htmlStatus(503), listFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a load balancer",
		},
		"a page that throttles": {
			listF, htmlStatus(429), listFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a page of HTML",
		},
		"a proxy that wants a password": {
			listF, htmlStatus(407), listFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "407",
		},
		"a network that wants a sign-in": {
			listF, htmlStatus(511), listFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "511",
		},
	}
}
