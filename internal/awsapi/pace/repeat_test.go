package pace_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
)

const stopped = "<StopInstancesResponse><instancesSet/></StopInstancesResponse>"

// stored answers as S3 does to a put.
func stored(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	w.Header().Set("ETag", `"9dd4e461268c8034f5c8564e155c67a6"`)
	w.Header().Set("X-Amz-Request-Id", "req-1")
}

func runInstances(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, ec2.NewFromConfig).RunInstances(ctx, &ec2.RunInstancesInput{MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	return err
}

func reboot(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, ec2.NewFromConfig).RebootInstances(ctx, &ec2.RebootInstancesInput{InstanceIds: []string{"i-1"}})
	return err
}

// TestRetryOnlyWhatIsSafe counts the requests that one failure leads to.
func TestRetryOnlyWhatIsSafe(t *testing.T) {
	const put, invokeF, sql = "PUT /b/k", "POST /2015-03-31/functions/f/invocations", "POST /Execute"
	plain := func(*s3.PutObjectInput) {}
	readOnly := func(ctx context.Context, s *awsapi.Session) error { return awsapitest.Execute(pace.ReadOnly(ctx), s) }
	tests := map[string]struct {
		action string
		bad    awsapitest.Reply
		good   awsapitest.Reply
		call   func(context.Context, *awsapi.Session) error
		want   int // requests
	}{
		"a read after 500":                {"GetCallerIdentity", awsapitest.QueryError(500, "InternalFailure", ""), awsapitest.Identity("arn:aws:iam::111122223333:user/a"), awsapitest.WhoAmI, 2},
		"a read after a reset":            {"GetCallerIdentity", awsapitest.Reset, awsapitest.Identity("arn:aws:iam::111122223333:user/a"), awsapitest.WhoAmI, 2},
		"a read after a cut answer":       {"GetCallerIdentity", awsapitest.Truncated, awsapitest.Identity("arn:aws:iam::111122223333:user/a"), awsapitest.WhoAmI, 2},
		"a refusal":                       {"GetCallerIdentity", awsapitest.QueryError(403, "AccessDenied", ""), nil, awsapitest.WhoAmI, 1},
		"bad input":                       {"GetCallerIdentity", awsapitest.QueryError(400, "ValidationError", ""), nil, awsapitest.WhoAmI, 1},
		"a put after 500":                 {put, awsapitest.S3Error(500, "InternalError", ""), stored, awsapitest.PutObject(plain), 2},
		"a conditional put after 500":     {put, awsapitest.S3Error(500, "InternalError", ""), stored, awsapitest.PutObject(func(i *s3.PutObjectInput) { i.IfNoneMatch = aws.String("*") }), 1},
		"a conditional put, throttled":    {put, awsapitest.S3Error(503, "SlowDown", ""), stored, awsapitest.PutObject(func(i *s3.PutObjectInput) { i.IfNoneMatch = aws.String("*") }), 2},
		"stopping after 503":              {"StopInstances", awsapitest.EC2Error(503, "Unavailable", ""), awsapitest.Text(stopped), awsapitest.StopInstance, 2},
		"running with a token after 500":  {"RunInstances", awsapitest.EC2Error(500, "InternalError", ""), awsapitest.Text("<RunInstancesResponse/>"), runInstances, 2},
		"rebooting after 500":             {"RebootInstances", awsapitest.EC2Error(500, "InternalError", ""), awsapitest.Text("<RebootInstancesResponse/>"), reboot, 1},
		"rebooting, throttled":            {"RebootInstances", awsapitest.EC2Error(503, "RequestLimitExceeded", ""), awsapitest.Text("<RebootInstancesResponse/>"), reboot, 2},
		"invoking after 500":              {invokeF, awsapitest.LambdaError(500, "ServiceException", "{}"), awsapitest.Text("{}"), awsapitest.Invoke, 1},
		"invoking after a cut answer":     {invokeF, awsapitest.Truncated, awsapitest.Text("{}"), awsapitest.Invoke, 1},
		"invoking, throttled":             {invokeF, awsapitest.LambdaError(429, "TooManyRequestsException", `{"Reason": "CallerRateLimitExceeded"}`), awsapitest.Text("{}"), awsapitest.Invoke, 2},
		"invoking after a page with 429":  {invokeF, awsapitest.HTMLStatus(429), awsapitest.Text("{}"), awsapitest.Invoke, 1},
		"a statement after a 429 page":    {sql, awsapitest.HTMLStatus(429), awsapitest.Text("{}"), awsapitest.Execute, 1},
		"a read after a page with 429":    {"GetCallerIdentity", awsapitest.HTMLStatus(429), awsapitest.Identity("arn:aws:iam::111122223333:user/a"), awsapitest.WhoAmI, 2},
		"a statement after 500":           {sql, awsapitest.LambdaError(500, "InternalServerErrorException", "{}"), awsapitest.Text("{}"), awsapitest.Execute, 1},
		"a statement after a reset":       {sql, awsapitest.Reset, awsapitest.Text("{}"), awsapitest.Execute, 1},
		"a read-only statement after 500": {sql, awsapitest.LambdaError(500, "InternalServerErrorException", "{}"), awsapitest.Text(`{"numberOfRecordsUpdated": 0}`), readOnly, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			server.On(tt.action, awsapitest.Failing(1, tt.bad, tt.good))
			err := tt.call(t.Context(), awsapitest.Session(t, server))
			if got := len(server.Made(tt.action)); got != tt.want {
				t.Errorf("%d requests, want %d (%v)", got, tt.want, err)
			}
			if (err == nil) != (tt.want > 1) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestTransientFailuresEndSoonerThanThrottling(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("GetCallerIdentity", awsapitest.QueryError(500, "InternalFailure", ""))
	if err := awsapitest.WhoAmI(t.Context(), awsapitest.Session(t, server)); err == nil || len(server.Made("GetCallerIdentity")) != 3 {
		t.Errorf("%d requests for a failure that stays, want 3", len(server.Made("GetCallerIdentity")))
	}
	server.On("StopInstances", awsapitest.EC2Error(503, "RequestLimitExceeded", ""))
	if err := awsapitest.StopInstance(t.Context(), awsapitest.Session(t, server)); err == nil || len(server.Made("StopInstances")) != 4 {
		t.Errorf("%d requests while throttled, want 4", len(server.Made("StopInstances")))
	}
}

// TestRetriesHaveABudget breaks every call: when the tokens are gone, calls
// are sent once.
func TestRetriesHaveABudget(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("GetCallerIdentity", awsapitest.QueryError(500, "InternalFailure", ""))
	s := awsapitest.Session(t, server)
	for range 80 {
		if awsapitest.WhoAmI(t.Context(), s) == nil {
			t.Fatal("the call must fail")
		}
	}
	if n := len(server.Made("GetCallerIdentity")); n < 80+95 || n > 80+105 {
		t.Errorf("80 calls made %d requests, want about 180: 500 tokens at 5 a retry", n)
	}
}

func TestStatsCountEveryAPI(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("StopInstances", awsapitest.Failing(1, awsapitest.EC2Error(503, "RequestLimitExceeded", ""), awsapitest.Text(stopped)))
	settings := awsapitest.Keys(server)
	settings.AllowRoot, settings.Account = true, "111122223333"
	pool := awsapitest.PoolOf(settings)
	s, err := pool.Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if err := awsapitest.StopInstance(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	got := pool.Stats()
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	want := pace.API{Account: "111122223333", Region: "us-east-1", Service: "EC2", Operation: "StopInstances"}
	if got[0].API != want || got[0].Attempts != 2 || got[0].Failures != 1 || got[0].Throttled != 1 || got[0].Rate == 0 {
		t.Errorf("%+v", got[0])
	}
}

// TestPublishedLimitsHoldCallsBack asks for a rate from the table: a burst of
// 5 starts, then 2 a second.
func TestPublishedLimitsHoldCallsBack(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("StartInstances", awsapitest.Text("<StartInstancesResponse><instancesSet/></StartInstancesResponse>"))
	settings := awsapitest.Keys(server)
	settings.AllowRoot, settings.Account = true, "111122223333"
	s, err := awsapitest.PoolOf(settings, awsapi.WithPublishedLimits()).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for i := range 6 {
		in := &ec2.StartInstancesInput{InstanceIds: []string{fmt.Sprint("i-", i)}}
		if _, err := awsapi.Client(s, ec2.NewFromConfig).StartInstances(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 400*time.Millisecond {
		t.Errorf("six starts took %s, want half a second", took)
	}
	// On a machine that stops for half a second there is a start to spend again. Then the
	// call is made, and the next one waits.
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		_, err = awsapi.Client(s, ec2.NewFromConfig).StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{"i"}})
		cancel()
		if err != nil {
			break
		}
	}
	if f := awserr.Fault(err); f == nil || f.Kind != fault.Timeout {
		t.Errorf("a wait that is too long gives %v, want timeout", err)
	}
}

// TestExpiredCredentialsAreRenewedOnce answers a role's first session with
// ExpiredToken: the call goes on with a new session.
func TestExpiredCredentialsAreRenewedOnce(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	var sessions atomic.Int32
	server.On("AssumeRole", func(w http.ResponseWriter, r *http.Request, form url.Values) {
		form.Set("RoleArn", fmt.Sprint("arn:aws:iam::111122223333:role/s", sessions.Add(1)))
		awsapitest.Assumed(time.Hour)(w, r, form)
	})
	server.On("StopInstances", func(w http.ResponseWriter, r *http.Request, form url.Values) {
		if strings.Contains(r.Header.Get("Authorization"), "ASIAS1/") {
			awsapitest.EC2Error(400, "ExpiredToken", "ended")(w, r, form)
			return
		}
		awsapitest.Text(stopped)(w, r, form)
	})
	settings := awsapitest.Keys(server)
	settings.RoleARN = "arn:aws:iam::111122223333:role/x"
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if err := awsapitest.StopInstance(t.Context(), s); err != nil || sessions.Load() != 2 {
		t.Errorf("%d sessions, %v", sessions.Load(), err)
	}
}
