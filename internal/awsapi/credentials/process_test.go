package credentials_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// program writes a shell script that may be run.
func program(t *testing.T, name, text string) string {
	t.Helper()
	path := write(t, name, "#!/bin/sh\n"+text)
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestChildrenLeftBehindAreNotWaitedFor runs programs whose children keep the
// output open for much longer than the test's context lasts.
func TestChildrenLeftBehindAreNotWaitedFor(t *testing.T) {
	const role = "[profile role]\nsource_profile = p\nrole_arn = arn:aws:iam::111122223333:role/one\n"
	tests := map[string]struct {
		settings awsapi.Settings
		want     string
	}{
		"credential_process":             {awsapi.Settings{Profile: "p"}, "ASIAPROCESS"},
		"a role with credential_process": {awsapi.Settings{Profile: "role"}, "ASIAONE"},
		"exec:":                          {awsapi.Settings{AccessKeyID: settings.NewSecret("exec:./id"), SecretAccessKey: settings.NewSecret("s")}, "AKIAEXEC"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			server.On("AssumeRole", awsapitest.Assumed(time.Hour))
			file := program(t, "process", "sleep 300 2>/dev/null &\ncat <<'END'\n"+jsonCredentials("ASIAPROCESS")+"\nEND\n")
			tt.settings.AccessKeyID = tt.settings.AccessKeyID.In(filepath.Dir(program(t, "id", "sleep 300 2>/dev/null &\necho AKIAEXEC\n")))
			profiles(t, "[profile p]\ncredential_process = "+file+"\n"+role)
			tt.settings.Endpoint, tt.settings.Region = server.URL, "us-east-1"
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			creds, err := awsapitest.RetrieveIn(ctx, tt.settings)
			if err != nil || creds.AccessKeyID != tt.want {
				t.Errorf("%q, %v", creds.AccessKeyID, err)
			}
		})
	}
}

// expired is a context whose deadline passes when done is closed.
type expired struct {
	context.Context
	done chan struct{}
}

func (c expired) Done() <-chan struct{} { return c.done }

func (c expired) Err() error {
	select {
	case <-c.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// untilFile is a context whose deadline passes when a file is there.
func untilFile(t *testing.T, path string) context.Context {
	t.Helper()
	c := expired{t.Context(), make(chan struct{})}
	go func() {
		for {
			if _, err := os.Stat(path); err == nil {
				close(c.done)
				return
			}
			select {
			case <-c.Context.Done():
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return c
}

// TestSlowProgramsAreNamed lets the call's own time end first.
func TestSlowProgramsAreNamed(t *testing.T) {
	const role = "[profile role]\nsource_profile = p\nrole_arn = arn:aws:iam::111122223333:role/one\n"
	onTop := settings.Role{RoleARN: "arn:aws:iam::111122223333:role/two"}
	tests := map[string]struct {
		settings awsapi.Settings
		want     string
	}{
		"credential_process":             {awsapi.Settings{Profile: "p"}, "the credential_process of profile p (slow) did not finish in time"},
		"a role with credential_process": {awsapi.Settings{Profile: "role"}, "the credential_process of profile p (slow) did not finish in time"},
		"a role of the connection":       {awsapi.Settings{Profile: "p", Role: onTop}, "the credential_process of profile p (slow) did not finish in time"},
		"exec:": {
			awsapi.Settings{AccessKeyID: settings.NewSecret("exec:./slow"), SecretAccessKey: settings.NewSecret("s")},
			"the program ./slow, which should print a secret, did not finish in time",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			begun := filepath.Join(t.TempDir(), "begun")
			file := program(t, "slow", ": >'"+begun+"'\nexec sleep 300 2>/dev/null\n")
			tt.settings.AccessKeyID = tt.settings.AccessKeyID.In(filepath.Dir(file))
			profiles(t, "[profile p]\ncredential_process = exec "+file+" password 2>/dev/null\n"+role)
			tt.settings.Endpoint, tt.settings.Region = server.URL, "us-east-1"
			_, err := awsapitest.RetrieveIn(untilFile(t, begun), tt.settings)
			if f := fault.From(err); f == nil || f.Kind != fault.Timeout || f.Message != tt.want {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestWhatProgramsPrintWrongly says in words what is wrong, and nothing of what
// was printed.
func TestWhatProgramsPrintWrongly(t *testing.T) {
	keys := func(more string) string {
		return `{"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "hidden"` + more + `}`
	}
	tests := map[string]struct{ printed, cause string }{
		"nothing":           {"", "its output is empty"},
		"a text":            {"please sign in: hidden", "its output is not an object in JSON"},
		"an array":          {`["hidden"]`, "its output is not an object in JSON"},
		"no version":        {`{"AccessKeyId": "ASIA", "SecretAccessKey": "hidden"}`, "Version is not the number 1"},
		"version as text":   {`{"Version": "1", "AccessKeyId": "ASIA", "SecretAccessKey": "hidden"}`, "Version is not the number 1"},
		"no key":            {`{"Version": 1, "SecretAccessKey": "hidden"}`, "AccessKeyId is missing"},
		"no secret key":     {`{"Version": 1, "AccessKeyId": "ASIA"}`, "SecretAccessKey is missing"},
		"a key as number":   {`{"Version": 1, "AccessKeyId": 7, "SecretAccessKey": "hidden"}`, "AccessKeyId is not a string"},
		"an empty end":      {keys(`, "Expiration": ""`), "Expiration is empty, where a time in RFC 3339 is wanted"},
		"no zone":           {keys(`, "Expiration": "2026-01-02T15:04:05"`), "Expiration is not a time in RFC 3339 with its zone"},
		"an end in numbers": {keys(`, "Expiration": 1767366245`), "Expiration is not a string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			file := program(t, "process", fmt.Sprintf("cat <<'END'\n%s\nEND\n", tt.printed))
			profiles(t, "[profile p]\ncredential_process = "+file+"\n")
			_, err := awsapitest.Retrieve(t, awsapi.Settings{Profile: "p", Region: "us-east-1"})
			f := fault.From(err)
			if f == nil || f.Kind != fault.NoCredentials || !strings.Contains(f.Cause, tt.cause) || !strings.Contains(f.Fix, "Expiration") ||
				f.Message != "the credential_process of profile p (process) printed no credentials" {
				t.Fatalf("%+v", f)
			}
			if strings.Contains(f.Error()+f.Fix, "hidden") {
				t.Errorf("%+v tells what was printed", f)
			}
		})
	}
}

// TestEndlessSecretsAreRefused reads programs and a file that never end.
func TestEndlessSecretsAreRefused(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := func(id string) awsapi.Settings {
		return awsapi.Settings{AccessKeyID: settings.NewSecret(id), SecretAccessKey: settings.NewSecret("s")}
	}
	for want, s := range map[string]awsapi.Settings{
		"the credential_process of profile p (cat) printed too much":     {Profile: "p"},
		"the program yes, which should print a secret, printed too much": keys("exec:yes"),
		"secret file /dev/zero can't be read":                            keys("file:/dev/zero"),
		"secret file " + large + " holds more than 1 MiB":                keys("file:" + large),
	} {
		t.Run(want, func(t *testing.T) {
			awsapitest.Clean(t)
			profiles(t, "[profile p]\ncredential_process = cat /dev/zero\n")
			s.Endpoint, s.Region = awsapitest.NewServer(t).URL, "us-east-1"
			_, err := awsapitest.Retrieve(t, s)
			if f := fault.From(err); f == nil || f.Kind != fault.NoCredentials || f.Message != want {
				t.Errorf("%+v", f)
			}
		})
	}
}
