package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
)

// session opens a session whose identity needs no call.
func session(t *testing.T, server *tinyAWS) *awsapi.Session {
	t.Helper()
	settings := keys(server)
	settings.AllowRoot, settings.Account = true, "111122223333"
	s, err := poolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFaults provokes every class over the wire.
func TestFaults(t *testing.T) {
	const getB, headB = "GET /b/k", "HEAD /b"
	const listF = "GET /2015-03-31/functions"
	const invokeF = "POST /2015-03-31/functions/f/invocations"
	tests := map[string]struct {
		action string
		answer answer
		call   func(context.Context, *awsapi.Session) error
		want   fault.Error // Kind, Code, Op, Region, Action, Resource, PolicyKind, Statement
		cause  string      // a part of it
	}{
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
				"service control policy. Encoded authorization failure message: AAAA"), stopInstance,
			fault.Error{
				Kind: fault.Denied, Code: "UnauthorizedOperation", Op: "ec2:StopInstances", Action: "ec2:StopInstances",
				Resource: "arn:aws:ec2:us-east-1:111122223333:instance/i-1", PolicyKind: "service control",
			},
			"",
		},
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
			listF, htmlStatus(502), listFunctions, fault.Error{Kind: fault.Unavailable, Op: "lambda:ListFunctions"}, "a proxy",
		},
		"a proxy that wants a password": {
			listF, htmlStatus(407), listFunctions, fault.Error{Kind: fault.Network, Op: "lambda:ListFunctions"}, "407",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := newTinyAWS(t)
			if tt.action != "" {
				server.on(tt.action, tt.answer)
			}
			got := awsapi.Fault(tt.call(t.Context(), session(t, server)))
			if got == nil {
				t.Fatal("no fault")
			}
			ignored := cmpopts.IgnoreFields(fault.Error{}, "Message", "Cause", "Fix", "Err", "RequestID")
			if diff := cmp.Diff(&tt.want, got, ignored); diff != "" {
				t.Errorf("%s\n%+v", diff, got)
			}
			if !strings.Contains(got.Cause, tt.cause) || got.Message == "" {
				t.Errorf("message %q, cause %q; want %q in it", got.Message, got.Cause, tt.cause)
			}
		})
	}
}

func TestFaultsWithoutAnAnswer(t *testing.T) {
	clean(t)
	closed := newTinyAWS(t)
	closed.Close()
	slow := newTinyAWS(t)
	release := make(chan struct{})
	slow.on("GetCallerIdentity", func(http.ResponseWriter, *http.Request, url.Values) { <-release })
	defer close(release)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	tests := map[string]struct {
		ctx    context.Context
		server *tinyAWS
		want   fault.Kind
	}{
		"nobody listens": {t.Context(), closed, fault.Network},
		"too slow":       {soon, slow, fault.Timeout},
		"cancelled":      {gone, slow, fault.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := awsapi.Fault(whoAmI(tt.ctx, session(t, tt.server)))
			if got == nil || got.Kind != tt.want || got.Op != "sts:GetCallerIdentity" {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
	if awsapi.Fault(nil) != nil {
		t.Error("Fault(nil) must be nil")
	}
	own := fault.New(fault.Refused, "no")
	if awsapi.Fault(fmt.Errorf("x: %w", own)) != own {
		t.Error("a fault stays as it is")
	}
	if e := awsapi.Fault(errors.New("odd")); e.Kind != fault.Internal {
		t.Errorf("got %s", e.Kind)
	}
}

// TestUnresolvableEndpoint asks for hosts under .invalid, which never resolve,
// and for a region that is mistyped.
func TestUnresolvableEndpoint(t *testing.T) {
	clean(t)
	resolver := &net.DNSError{Err: "no such host", Name: "x.invalid", IsNotFound: true}
	if _, err := net.LookupHost("hawser.invalid"); !errors.As(err, &resolver) || !resolver.IsNotFound {
		t.Skipf("this machine's DNS does not say that a name is absent: %v", err)
	}
	settings := awsapi.Settings{
		AccessKeyID: awsapi.NewSecret("AKIA"), SecretAccessKey: awsapi.NewSecret("x"), Region: "us-east1",
		Endpoint: "http://sts.us-east1.hawser.invalid", AllowRoot: true, Account: "111122223333",
	}
	s, err := poolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	got := awsapi.Fault(whoAmI(t.Context(), s))
	if got.Kind != fault.Endpoint || got.Region != "us-east-1" || !strings.Contains(got.Cause, "did you mean us-east-1?") {
		t.Errorf("got %+v", got)
	}
	settings.Region = "us-east-1"
	if _, err = poolOf(settings).Session(t.Context(), awsapi.Target{}); err != nil {
		t.Fatal(err)
	}
}

func TestNoCredentialsListsWhatWasTried(t *testing.T) {
	tests := map[string]struct {
		prepare  func(t *testing.T)
		settings awsapi.Settings
		kind     fault.Kind
		cause    []string
	}{
		"ambient": {func(*testing.T) {}, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_ACCESS_KEY_ID is not set", "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
			"profile default: it is not in the shared AWS files", "container: neither", "EC2 instance: AWS_EC2_METADATA_DISABLED is set",
		}},
		"half of the environment": {func(t *testing.T) { t.Setenv("AWS_ACCESS_KEY_ID", "AKIA") }, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_SECRET_ACCESS_KEY is not set",
		}},
		"a missing profile": {func(*testing.T) {}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"it is in none of"}},
		"an empty profile": {func(t *testing.T) { profiles(t, "[profile p]\nregion = us-east-1\n") }, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{
			"profile p: it holds no credentials",
		}},
		"a process that fails": {func(t *testing.T) {
			profiles(t, "[profile p]\ncredential_process = /bin/false\n")
		}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"profile p: its credential_process failed"}},
		"nobody signed in": {func(t *testing.T) {
			profiles(t, "[profile p]\nsso_session = c\nsso_account_id = 111122223333\nsso_role_name = Ops\n"+
				"[sso-session c]\nsso_region = us-east-1\nsso_start_url = https://c.awsapps.com/start\n")
		}, awsapi.Settings{Profile: "p"}, fault.ExpiredCredentials, nil},
		"a missing reference": {func(*testing.T) {}, awsapi.Settings{
			AccessKeyID: awsapi.NewSecret("env:HAWSER_ABSENT"), SecretAccessKey: awsapi.NewSecret("x"),
		}, fault.NoCredentials, nil},
		"no container": {func(*testing.T) {}, awsapi.Settings{Source: awsapi.Container}, fault.NoCredentials, []string{"container: neither"}},
		"no token":     {func(*testing.T) {}, awsapi.Settings{Source: awsapi.WebIdentity}, fault.NoCredentials, []string{"web identity: AWS_WEB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clean(t)
			tt.prepare(t)
			tt.settings.Region = "us-east-1"
			_, err := retrieve(t, tt.settings)
			got := fault.From(err)
			if got == nil || got.Kind != tt.kind || got.Fix == "" {
				t.Fatalf("got %+v", got)
			}
			for _, part := range tt.cause {
				if !strings.Contains(got.Cause, part) {
					t.Errorf("cause %q does not say %q", got.Cause, part)
				}
			}
		})
	}
}
