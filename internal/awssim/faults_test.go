package awssim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func TestFaultCodes(t *testing.T) {
	tests := []struct {
		effect awssim.Effect
		codes  map[string]string
	}{
		{awssim.Throttle, map[string]string{"s3": "SlowDown", "ec2": "RequestLimitExceeded", "sts": "Throttling", "logs": "ThrottlingException"}},
		{awssim.Fail500, map[string]string{"s3": "InternalError", "ec2": "InternalError", "sts": "InternalFailure", "logs": "InternalFailure"}},
		{awssim.Fail503, map[string]string{"s3": "ServiceUnavailable", "ec2": "Unavailable", "sts": "ServiceUnavailable", "logs": "ServiceUnavailableException"}},
		{awssim.DenyAccess, map[string]string{"s3": "AccessDenied", "ec2": "UnauthorizedOperation", "sts": "AccessDenied", "logs": "AccessDeniedException"}},
		{awssim.ExpireToken, map[string]string{"s3": "ExpiredToken", "ec2": "RequestExpired", "sts": "ExpiredToken", "logs": "ExpiredTokenException"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.effect), func(t *testing.T) {
			sim := simtest.Start(t, awssim.Options{Faults: []awssim.Fault{{Effect: tt.effect}}})
			calls := clients(t)
			for service, code := range tt.codes {
				simtest.WantCode(t, calls[service](sim.Config()), code, "")
			}
		})
	}
}

// TestFaultMatching counts which of six calls are befallen.
func TestFaultMatching(t *testing.T) {
	tests := []struct {
		name, want string
		fault      awssim.Fault
	}{
		{"all", "xxxxxx", awssim.Fault{}},
		{"the first", "x.....", awssim.Fault{Times: 1}},
		{"third and fourth", "..xx..", awssim.Fault{Nth: 3, Times: 2}},
		{"action", "xxxxxx", awssim.Fault{Service: "sts", Action: "GetCaller*"}},
		{"other action", "......", awssim.Fault{Action: "AssumeRole"}},
		{"other service", "......", awssim.Fault{Service: "s3"}},
		{"account", "xxxxxx", awssim.Fault{Account: simtest.Account}},
		{"other account", "......", awssim.Fault{Account: "444455556666"}},
		{"other region", "......", awssim.Fault{Region: "eu-west-1"}},
		{"by chance", "x.x..x", awssim.Fault{Probability: 0.5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.fault.Effect = awssim.Fail500
			sim := simtest.Start(t, awssim.Options{Faults: []awssim.Fault{tt.fault}, Seed: 7})
			client := sts.NewFromConfig(once(sim.Config()))
			got := ""
			for range 6 {
				mark := "."
				if _, err := client.GetCallerIdentity(t.Context(), nil); err != nil {
					mark = "x"
				}
				got += mark
			}
			if got != tt.want {
				t.Errorf("befallen: %s, want %s", got, tt.want)
			}
		})
	}
}

// TestBrokenConnections has faults that are not answers at all.
func TestBrokenConnections(t *testing.T) {
	body := []byte(strings.Repeat("x", 1<<20))
	var trailer http.Header
	sim := simtest.Start(t, awssim.Options{Services: []func(*awssim.World) *awssim.Service{storeOf(&body, &trailer)}})
	client := simtest.S3Client(once(sim.Config()))
	get := func(timeout time.Duration) (int, error) {
		cfg := once(sim.Config())
		cfg.HTTPClient = &http.Client{Timeout: timeout}
		out, err := simtest.S3Client(cfg).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k")})
		if err != nil {
			return 0, err
		}
		defer out.Body.Close()
		got, err := io.ReadAll(out.Body)
		return len(got), err
	}
	install := func(e awssim.Effect) {
		sim.ClearFaults()
		if err := sim.AddFault(awssim.Fault{Effect: e}); err != nil {
			t.Fatal(err)
		}
	}
	install(awssim.Reset)
	if _, err := get(time.Minute); err == nil || !strings.Contains(err.Error(), "connection reset") && !strings.Contains(err.Error(), "EOF") {
		t.Errorf("reset: %v", err)
	}
	install(awssim.TruncateBody)
	if n, err := get(time.Minute); n != 1<<19 || err == nil {
		t.Errorf("truncated: %d bytes, %v", n, err)
	}
	install(awssim.Hang)
	if _, err := get(50 * time.Millisecond); err == nil {
		t.Error("what hangs was answered")
	}
	sim.ClearFaults()
	if _, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bkt"), Key: aws.String("k")}); err != nil {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	sim := simtest.Start(t)
	sim.SetLimit("*", awssim.Limit{Rate: 0.001, Burst: 100})
	sim.SetLimit("secretsmanager:*", awssim.Limit{Rate: 0.001, Burst: 1})
	sim.SetLimit("secretsmanager:Get*", awssim.Limit{Rate: 0.001, Burst: 2})
	sim.SetLimit("secretsmanager:GetRandom*", awssim.Limit{Rate: 0.001, Burst: 1})
	client := secretsmanager.NewFromConfig(once(sim.Config()))
	for i, want := range []string{"ResourceNotFoundException", "ResourceNotFoundException", "ThrottlingException"} {
		_, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
		if simtest.WantCode(t, err, want, ""); t.Failed() {
			t.Fatalf("call %d", i)
		}
	}
	if _, err := sts.NewFromConfig(sim.Config()).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Errorf("another service is limited, too: %v", err)
	}
}

func TestLatency(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Latency: map[string]time.Duration{"*": time.Hour, "sts:*": time.Hour, "sts:GetCallerIdentity": 60 * time.Millisecond}})
	began := time.Now()
	if _, err := sts.NewFromConfig(sim.Config()).GetCallerIdentity(t.Context(), nil); err != nil || time.Since(began) < 60*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestAdmin(t *testing.T) {
	sim := simtest.Start(t)
	do := func(method, path, body string) (int, string) {
		t.Helper()
		return simtest.Unsigned(t, method, sim.URL+path, body)
	}
	if status, body := do("GET", "/_sim/health", ""); status != 200 || !strings.Contains(body, `"status":"ok"`) {
		t.Errorf("health: %d %s", status, body)
	}
	if status, body := do("POST", "/_sim/faults", `[{"service":"sts","times":1,"effect":"access-denied"}]`); status != 200 || !strings.Contains(body, `"added":1`) {
		t.Errorf("faults: %d %s", status, body)
	}
	client := sts.NewFromConfig(sim.Config())
	_, err := client.GetCallerIdentity(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "not authorized to perform: sts:GetCallerIdentity")
	if _, err := client.GetCallerIdentity(t.Context(), nil); err != nil {
		t.Error(err)
	}
	want := `{"counters":[{"action":"sts:GetCallerIdentity","account":"111122223333","region":"us-east-1","calls":2}]}` + "\n"
	if _, body := do("GET", "/_sim/counters", ""); body != want {
		t.Error(cmp.Diff(want, body))
	}
	if status, _ := do("DELETE", "/_sim/counters", ""); status != 204 || sim.Count("") != 0 {
		t.Errorf("reset: %d, %v", status, sim.Counters())
	}
	if status, body := do("GET", "/_sim/operations", ""); status != 200 || !strings.Contains(body, `"sts:GetCallerIdentity"`) {
		t.Errorf("operations: %d %s", status, body)
	}
	if status, _ := do("PUT", "/_sim/faults", ""); status != 404 {
		t.Errorf("unknown path: %d", status)
	}
}

func TestParseFaults(t *testing.T) {
	good := `[{"service":"s3","action":"Get*","account":"111122223333","region":"us-east-1","nth":2,"times":3,"probability":0.5,"effect":"throttle","delay":"1.5s"}]`
	got, err := awssim.ParseFaults([]byte(good))
	want := []awssim.Fault{{Service: "s3", Action: "Get*", Account: "111122223333", Region: "us-east-1", Nth: 2, Times: 3, Probability: 0.5, Effect: awssim.Throttle, Delay: awssim.Duration(1500 * time.Millisecond)}}
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v, %v", got, err)
	}
	for text, problem := range map[string]string{
		`{}`:                                       "fault script",
		`[{"effect":"throttle"}] x`:                "follows the JSON value",
		`[{"effect":"explode"}]`:                   "explode",
		`[{"effect":"500","when":"now"}]`:          "when",
		`[{"effect":"500","nth":-1}]`:              "negative",
		`[{"effect":"500","probability":1.1}]`:     "between 0 and 1",
		`[{"effect":"delay"}]`:                     "length",
		`[{"effect":"delay","delay":"soon"}]`:      "soon",
		`[{"effect":"500","action":"[","nth":1}]`:  "pattern",
		`[{"effect":"500"},{"effect":"nonesuch"}]`: "fault 1",
	} {
		if _, err := awssim.ParseFaults([]byte(text)); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: %v, want %q", text, err, problem)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add(`[{"service":"s3","effect":"throttle","delay":"1.5s","probability":0.5}]`)
	f.Add(`[{"effect":"delay","delay":"9999999h"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := awssim.ParseFaults([]byte(text))
		if err != nil {
			return
		}
		w, err := awssim.New(awssim.Options{Faults: faults})
		if err != nil {
			t.Errorf("a parsed script is refused: %v", err)
			return
		}
		w.Close()
	})
}
