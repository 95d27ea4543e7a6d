package awserr_test

import (
	"context"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/fault"
)

// faultCase is what a server answers to a call, and the fault that it makes.
type faultCase struct {
	action string
	answer awsapitest.Reply
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
			"GetCallerIdentity", awsapitest.QueryError(403, "InvalidClientTokenId", "The security token included in the request is invalid."), awsapitest.WhoAmI,
			fault.Error{Kind: fault.BadCredentials, Code: "InvalidClientTokenId", Op: "sts:GetCallerIdentity"},
			"does not know this access key",
		},
		"wrong secret": {
			getB, awsapitest.S3Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"), awsapitest.GetObject,
			fault.Error{Kind: fault.BadCredentials, Code: "SignatureDoesNotMatch", Op: "s3:GetObject"},
			"does not belong",
		},
		"ended session": {
			getB, awsapitest.S3Error(400, "ExpiredToken", "The provided token has expired."), awsapitest.GetObject,
			fault.Error{Kind: fault.ExpiredCredentials, Code: "ExpiredToken", Op: "s3:GetObject"},
			"has expired",
		},
	}
}

// longEncoded is as long as EC2's may be.
var longEncoded = strings.Repeat("Wq8-x_Yz", 1250)

// denialFaults are errors about what is allowed.
func denialFaults() map[string]faultCase {
	return map[string]faultCase{
		"denied with its reason": {
			"GetCallerIdentity", awsapitest.QueryError(403, "AccessDenied", "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: "+
				"sts:GetCallerIdentity on resource: arn:aws:iam::111122223333:user/ada because no permissions boundary allows the sts:GetCallerIdentity action"), awsapitest.WhoAmI,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "sts:GetCallerIdentity", Action: "sts:GetCallerIdentity",
				Resource: "arn:aws:iam::111122223333:user/ada", PolicyKind: "permissions boundary",
				Statement: `{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"arn:aws:iam::111122223333:user/ada"}`,
			},
			"",
		},
		"denied without a reason": {
			getB, awsapitest.S3Error(403, "AccessDenied", "Access Denied"), awsapitest.GetObject,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "s3:GetObject", Action: "s3:GetObject",
				Statement: `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`,
			},
			"",
		},
		"denied a version": {
			getB, awsapitest.S3Error(403, "AccessDenied", "Access Denied"), awsapitest.GetVersion,
			fault.Error{
				Kind: fault.Denied, Code: "AccessDenied", Op: "s3:GetObject", Action: "s3:GetObjectVersion",
				Statement: `{"Effect":"Allow","Action":"s3:GetObjectVersion","Resource":"*"}`,
			},
			"",
		},
		"denied on HEAD": {
			headB, awsapitest.StatusOnly(403), awsapitest.HeadBucket,
			fault.Error{
				Kind: fault.Denied, Code: "Forbidden", Op: "s3:ListBucket", Action: "s3:ListBucket",
				Statement: `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`,
			},
			"",
		},
		"denied on EC2": {
			"StopInstances", awsapitest.EC2Error(403, "UnauthorizedOperation", "You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/ada "+
				"is not authorized to perform: ec2:StopInstances on resource: arn:aws:ec2:us-east-1:111122223333:instance/i-1 with an explicit deny in a "+
				"service control policy. Encoded authorization failure message: "+longEncoded), awsapitest.StopInstance,
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
			getB, awsapitest.Elsewhere("eu-west-1", awsapitest.S3Error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")), awsapitest.GetObject,
			fault.Error{Kind: fault.WrongRegion, Code: "PermanentRedirect", Op: "s3:GetObject", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, 400": {
			getB, awsapitest.Elsewhere("eu-west-1", awsapitest.S3Error(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-1'")), awsapitest.GetObject,
			fault.Error{Kind: fault.WrongRegion, Code: "AuthorizationHeaderMalformed", Op: "s3:GetObject", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, HEAD 301": {
			headB, awsapitest.Elsewhere("eu-west-1", awsapitest.StatusOnly(301)), awsapitest.HeadBucket,
			fault.Error{Kind: fault.WrongRegion, Code: "MovedPermanently", Op: "s3:ListBucket", Region: "eu-west-1"},
			"us-east-1",
		},
		"wrong region, HEAD 400": {
			headB, awsapitest.Elsewhere("eu-west-1", awsapitest.StatusOnly(400)), awsapitest.HeadBucket,
			fault.Error{Kind: fault.WrongRegion, Code: "BadRequest", Op: "s3:ListBucket", Region: "eu-west-1"},
			"us-east-1",
		},
		"clock behind": {
			getB, awsapitest.Late(20*time.Minute, awsapitest.S3Error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")), awsapitest.GetObject,
			fault.Error{Kind: fault.ClockSkew, Code: "RequestTimeTooSkewed", Op: "s3:GetObject"},
			"behind AWS's",
		},
		"clock ahead": {
			"StopInstances", awsapitest.Late(-time.Hour, awsapitest.EC2Error(400, "RequestExpired", "Request has expired.")), awsapitest.StopInstance,
			fault.Error{Kind: fault.ClockSkew, Code: "RequestExpired", Op: "ec2:StopInstances"},
			"ahead of AWS's",
		},
		"RequestExpired with a right clock": {
			"StopInstances", awsapitest.EC2Error(400, "RequestExpired", "Request has expired."), awsapitest.StopInstance,
			fault.Error{Kind: fault.ExpiredCredentials, Code: "RequestExpired", Op: "ec2:StopInstances"},
			"clock is right",
		},
	}
}

// limitFaults are errors about rates and quotas.
func limitFaults() map[string]faultCase {
	return map[string]faultCase{
		"throttled": {
			"StopInstances", awsapitest.EC2Error(503, "RequestLimitExceeded", "Request limit exceeded."), awsapitest.StopInstance,
			fault.Error{Kind: fault.Throttled, Code: "RequestLimitExceeded", Op: "ec2:StopInstances"},
			"ec2:StopInstances was asked 4 times",
		},
		"throttled by S3": {
			getB, awsapitest.S3Error(503, "SlowDown", "Please reduce your request rate."), awsapitest.GetObject,
			fault.Error{Kind: fault.Throttled, Code: "SlowDown", Op: "s3:GetObject"},
			"asked to slow down 4 times",
		},
		"Lambda's rate": {
			invokeF, awsapitest.LambdaError(429, "TooManyRequestsException", `{"Reason": "CallerRateLimitExceeded", "message": "Rate Exceeded."}`), awsapitest.Invoke,
			fault.Error{Kind: fault.Throttled, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"asked 4 times",
		},
		"Lambda's concurrency": {
			invokeF, awsapitest.LambdaError(429, "TooManyRequestsException", `{"Reason": "ConcurrentInvocationLimitExceeded", "message": "Rate Exceeded."}`), awsapitest.Invoke,
			fault.Error{Kind: fault.Quota, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"account's Lambda concurrency",
		},
		"a function's reserved concurrency": {
			invokeF, awsapitest.LambdaError(429, "TooManyRequestsException", `{"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "message": "Rate Exceeded."}`), awsapitest.Invoke,
			fault.Error{Kind: fault.Quota, Code: "TooManyRequestsException", Op: "lambda:InvokeFunction"},
			"reserved concurrency",
		},
		"a quota": {
			"StopInstances", awsapitest.EC2Error(400, "InstanceLimitExceeded", "You have requested more instances than your quota"), awsapitest.StopInstance,
			fault.Error{Kind: fault.Quota, Code: "InstanceLimitExceeded", Op: "ec2:StopInstances"},
			"quota",
		},
	}
}

// resourceFaults are errors about the thing that is asked for.
func resourceFaults() map[string]faultCase {
	return map[string]faultCase{
		"not found": {
			getB, awsapitest.S3Error(404, "NoSuchKey", "The specified key does not exist."), awsapitest.GetObject,
			fault.Error{Kind: fault.NotFound, Code: "NoSuchKey", Op: "s3:GetObject"},
			"",
		},
		"not found on HEAD": {
			headB, awsapitest.StatusOnly(404), awsapitest.HeadBucket,
			fault.Error{Kind: fault.NotFound, Code: "NotFound", Op: "s3:ListBucket"},
			"",
		},
		"not found on EC2": {
			"StopInstances", awsapitest.EC2Error(400, "InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist"), awsapitest.StopInstance,
			fault.Error{Kind: fault.NotFound, Code: "InvalidInstanceID.NotFound", Op: "ec2:StopInstances"},
			"",
		},
		"conflict": {
			"StopInstances", awsapitest.EC2Error(400, "IncorrectInstanceState", "The instance 'i-1' is not in a state from which it can be stopped."), awsapitest.StopInstance,
			fault.Error{Kind: fault.Conflict, Code: "IncorrectInstanceState", Op: "ec2:StopInstances"},
			"",
		},
		"invalid input": {
			"StopInstances", awsapitest.EC2Error(400, "InvalidInstanceID.Malformed", "Invalid id: \"i-1\""), awsapitest.StopInstance,
			fault.Error{Kind: fault.Invalid, Code: "InvalidInstanceID.Malformed", Op: "ec2:StopInstances"},
			"",
		},
		"input that never left": {
			"", nil, awsapitest.BadCall, fault.Error{Kind: fault.Invalid, Op: "s3:GetObject"}, "",
		},
		"unavailable": {
			"GetCallerIdentity", awsapitest.QueryError(500, "InternalFailure", "oops"), awsapitest.WhoAmI,
			fault.Error{Kind: fault.Unavailable, Code: "InternalFailure", Op: "sts:GetCallerIdentity"},
			"failed 3 times",
		},
		"unsupported": {
			getB, awsapitest.S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented."), awsapitest.GetObject,
			fault.Error{Kind: fault.Unsupported, Code: "NotImplemented", Op: "s3:GetObject"},
			"",
		},
	}
}

// brokenAnswers are answers that are none of AWS's.
func brokenAnswers() map[string]faultCase {
	return map[string]faultCase{
		"reset": {
			"GetCallerIdentity", awsapitest.Reset, awsapitest.WhoAmI, fault.Error{Kind: fault.Network, Op: "sts:GetCallerIdentity"}, "",
		},
		"truncated": {
			"GetCallerIdentity", awsapitest.Truncated, awsapitest.WhoAmI, fault.Error{Kind: fault.Network, Op: "sts:GetCallerIdentity"}, "",
		},
		"truncated JSON": {
			listF, awsapitest.Truncated, awsapitest.ListFunctions, fault.Error{Kind: fault.Network, Op: "lambda:ListFunctions"}, "",
		},
		"whole, and half an XML document": {
			"GetCallerIdentity", awsapitest.Whole("text/xml", "<GetCallerIdentityResponse>"), awsapitest.WhoAmI,
			fault.Error{Kind: fault.Endpoint, Op: "sts:GetCallerIdentity"},
			"arrived complete",
		},
		"whole, and half a JSON document": {
			listF, awsapitest.Whole("application/json", `{"Functions": [`), awsapitest.ListFunctions,
			fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"},
			"arrived complete",
		},
		"a proxy's page": {
			"GetCallerIdentity", awsapitest.Whole("text/html", "<html><h1>Sign in<br></h1></html>"), awsapitest.WhoAmI,
			fault.Error{Kind: fault.Endpoint, Op: "sts:GetCallerIdentity"},
			"HTML",
		},
		"a proxy's page as JSON": {
			listF, awsapitest.Whole("text/html; charset=utf-8", "<html><h1>Sign in<br></h1></html>"), awsapitest.ListFunctions,
			fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"},
			"HTML",
		},
		"a proxy's failure": {
			listF, awsapitest.HTMLStatus(502), awsapitest.ListFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a page of HTML",
		},
		"a load balancer's page": {
			listF, awsapitest.HTMLStatus(503), awsapitest.ListFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a load balancer",
		},
		"a page that throttles": {
			listF, awsapitest.HTMLStatus(429), awsapitest.ListFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "a page of HTML",
		},
		"a proxy that wants a password": {
			listF, awsapitest.HTMLStatus(407), awsapitest.ListFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "407",
		},
		"a network that wants a sign-in": {
			listF, awsapitest.HTMLStatus(511), awsapitest.ListFunctions, fault.Error{Kind: fault.Endpoint, Op: "lambda:ListFunctions"}, "511",
		},
	}
}
