package credentials_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/fault"
)

// TestQuotedProfiles names sections as `aws configure set` writes them.
func TestQuotedProfiles(t *testing.T) {
	tests := map[string]struct{ config, credentials, profile, want string }{
		"single quotes":       {"[profile 'my dev']\naws_access_key_id=AKIA1\naws_secret_access_key=s\n", "", "my dev", "AKIA1"},
		"double quotes":       {"[profile \"my dev\"]\naws_access_key_id=AKIA2\naws_secret_access_key=s\n", "", "my dev", "AKIA2"},
		"quotes for nothing":  {"[profile \"dev\"]\naws_access_key_id=AKIA3\naws_secret_access_key=s\n", "", "dev", "AKIA3"},
		"with a comment":      {" [ profile 'my dev' ] # mine\naws_access_key_id=AKIA4\naws_secret_access_key=s\n", "", "my dev", "AKIA4"},
		"lines of Windows":    {"[profile 'my dev']\r\naws_access_key_id=AKIA5\r\naws_secret_access_key=s\r\n", "", "my dev", "AKIA5"},
		"keys in credentials": {"[profile 'my dev']\nregion=eu-west-1\n", "[my dev]\naws_access_key_id=AKIA6\naws_secret_access_key=s\n", "my dev", "AKIA6"},
		"a quoted quote":      {`[profile "it's"]` + "\naws_access_key_id=AKIA7\naws_secret_access_key=s\n", "", "it's", "AKIA7"},
		"without quotes":      {"[profile my dev]\naws_access_key_id=AKIA8\naws_secret_access_key=s\n", "", "my dev", "AKIA8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, way := range []string{"connection", "environment"} {
				awsapitest.Clean(t)
				scratch := t.TempDir()
				t.Setenv("TMPDIR", scratch)
				server := awsapitest.NewServer(t)
				write(t, "config", tt.config)
				write(t, "credentials", tt.credentials)
				s := awsapi.Settings{Region: "us-east-1", Endpoint: server.URL}
				if way == "connection" {
					s.Profile = tt.profile
				} else {
					t.Setenv("AWS_PROFILE", tt.profile)
				}
				creds, err := awsapitest.Retrieve(t, s)
				if err != nil || creds.AccessKeyID != tt.want {
					t.Errorf("%s: %q, %v", way, creds.AccessKeyID, err)
				}
				if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
					t.Errorf("%v is left behind", left)
				}
			}
		})
	}
}

// TestSourceProfileMayBeQuoted: one profile leads to another.
func TestSourceProfileMayBeQuoted(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	write(t, "config", "[profile 'my base']\naws_access_key_id=AKIA1\naws_secret_access_key=s\n"+
		"[profile ops]\nsource_profile=my base\nrole_arn=arn:aws:iam::111122223333:role/ops\n")
	creds, err := awsapitest.Retrieve(t, awsapi.Settings{Profile: "ops", Region: "us-east-1", Endpoint: server.URL})
	if err != nil || creds.AccessKeyID != "ASIAOPS" {
		t.Errorf("%q, %v", creds.AccessKeyID, err)
	}
}

// TestMissingProfileNamesTheFiles: an unclosed quote names no profile.
func TestMissingProfileNamesTheFiles(t *testing.T) {
	awsapitest.Clean(t)
	write(t, "config", "[profile 'my dev]\naws_access_key_id=AKIA1\n")
	_, err := awsapitest.Retrieve(t, awsapi.Settings{Profile: "my dev", Region: "us-east-1"})
	f := fault.From(err)
	if f == nil || f.Kind != fault.NoCredentials || !strings.Contains(f.Cause, os.Getenv("AWS_CONFIG_FILE")) || !strings.Contains(f.Cause, os.Getenv("AWS_SHARED_CREDENTIALS_FILE")) {
		t.Errorf("%+v", f)
	}
}

// TestCredentialProcesses starts programs as the aws CLI does. The program
// answers with its arguments.
func TestCredentialProcesses(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"a path in quotes":               {`"DIR/my tools/creds.sh"`, ""},
		"a path and a word":              {`"DIR/my tools/creds.sh" --arg x`, "<--arg><x>"},
		"a path and a text":              {`"DIR/my tools/creds.sh" --arg "x y"`, "<--arg><x y>"},
		"single quotes":                  {`'DIR/my tools/creds.sh' 'x y'`, "<x y>"},
		"a quote in a quote":             {`"DIR/my tools/creds.sh" "it's"`, "<it's>"},
		"no variables":                   {`"DIR/my tools/creds.sh" "$HOME"`, "<$HOME>"},
		"what looks like a comment":      {`"DIR/my tools/creds.sh" "a #b ;c"`, "<a #b ;c>"},
		"an escaped quote":               {`"DIR/my tools/creds.sh" "say \"hi\""`, `<say \"hi\">`},
		"an escaped blank and no quotes": {`DIR/my\ tools/creds.sh x`, "<x>"},
	}
	for name, tt := range tests {
		for _, file := range []string{"config", "credentials"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				awsapitest.Clean(t)
				server := awsapitest.NewServer(t)
				dir := t.TempDir()
				program := filepath.Join(dir, "my tools", "creds.sh")
				if err := os.Mkdir(filepath.Dir(program), 0o700); err != nil {
					t.Fatal(err)
				}
				script := `#!/bin/sh
for a in "$@"; do all="$all<$(printf %s "$a" | sed 's/"/\\"/g')>"; done
printf '{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "s", "SessionToken": "%s"}' "$(printf %s "$all" | sed 's/\\"/\\\\\\"/g')"
`
				if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
					t.Fatal(err)
				}
				write(t, file, "[default]\ncredential_process = "+strings.ReplaceAll(tt.value, "DIR", dir)+"\n")
				creds, err := awsapitest.Retrieve(t, awsapi.Settings{Region: "us-east-1", Endpoint: server.URL})
				if err != nil || creds.SessionToken != tt.want {
					t.Errorf("%q, %v", creds.SessionToken, err)
				}
			})
		}
	}
}

// TestEncodingsOfEditors names file, line and what to do.
func TestEncodingsOfEditors(t *testing.T) {
	for name, mark := range map[string]string{"UTF-8": "\xef\xbb\xbf", "UTF-16": "\xff\xfe", "UTF-16, big end first": "\xfe\xff"} {
		for _, file := range []string{"config", "credentials"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				awsapitest.Clean(t)
				path := write(t, file, mark+"[default]\naws_access_key_id=AKIA\naws_secret_access_key=s\n")
				_, err := awsapitest.Retrieve(t, awsapi.Settings{Region: "us-east-1"})
				f := fault.From(err)
				if f == nil || f.Kind != fault.Invalid || f.File != path || f.Line != 1 || !strings.Contains(f.Fix, "byte order mark") {
					t.Errorf("%+v", f)
				}
			})
		}
	}
}

// TestEndedCredentialsAreAFailureInWords: every source may give what is over.
func TestEndedCredentialsAreAFailureInWords(t *testing.T) {
	ended := time.Now().Add(-time.Hour)
	past := ended.UTC().Format(time.RFC3339)
	process := fmt.Sprintf(`{"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": %q}`, past)
	tests := map[string]struct {
		prepare func(t *testing.T, server *awsapitest.Server)
		fix     string
	}{
		"a credential process": {func(t *testing.T, _ *awsapitest.Server) {
			write(t, "config", "[default]\ncredential_process = echo '"+process+"' \n")
		}, "sign in again"},
		"an SSO session": {func(t *testing.T, server *awsapitest.Server) {
			withSSO(t, server)
			t.Setenv("AWS_PROFILE", "sso")
			server.On("GET /federation/credentials", awsapitest.Text(fmt.Sprintf(
				`{"roleCredentials": {"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t", "expiration": %d}}`, ended.UnixMilli())))
		}, "hawser login --profile sso"},
		"a web identity": {func(t *testing.T, server *awsapitest.Server) {
			withWebIdentity(t, server)
			server.On("AssumeRoleWithWebIdentity", awsapitest.Text(`<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>`+
				`<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>`+past+
				`</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`))
		}, "AWS_WEB_IDENTITY_TOKEN_FILE"},
		"a container": {func(t *testing.T, server *awsapitest.Server) {
			t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.URL+"/v1/credentials")
			server.On("GET /v1/credentials", awsapitest.Text(fmt.Sprintf(`{"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t", "Expiration": %q}`, past)))
		}, "start the task"},
		"the environment": {func(t *testing.T, _ *awsapitest.Server) {
			t.Setenv("AWS_ACCESS_KEY_ID", "ASIA")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
			t.Setenv("AWS_SESSION_TOKEN", "t")
			t.Setenv("AWS_CREDENTIAL_EXPIRATION", past)
		}, "set new ones"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			tt.prepare(t, server)
			_, err := awsapitest.Retrieve(t, awsapi.Settings{Region: "us-east-1", Endpoint: server.URL})
			f := fault.From(err)
			if !errors.Is(err, fault.ExpiredCredentials) || !strings.Contains(f.Cause, past) || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("%+v", f)
			}
			if n := len(server.Made("GetCallerIdentity")); n > 0 {
				t.Errorf("AWS was called %d times with credentials that are over", n)
			}
		})
	}
}

// An end of the credentials in the environment that is not a time is an error, and
// an empty one is none.
func TestTheEndOfTheEnvironmentsCredentials(t *testing.T) {
	later := time.Now().Add(time.Hour).UTC()
	for text, good := range map[string]bool{
		"garbage": false, "2999-01-02": false, "2999-01-02T15:04:05": false, "4102444800": false, " ": false,
		"": true, later.Format(time.RFC3339): true, later.Format("2006-01-02T15:04:05") + "+00:00": true,
	} {
		t.Run(text, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			t.Setenv("AWS_ACCESS_KEY_ID", "ASIA")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
			t.Setenv("AWS_CREDENTIAL_EXPIRATION", text)
			creds, err := awsapitest.Retrieve(t, awsapi.Settings{Region: "us-east-1", Endpoint: server.URL})
			switch f := fault.From(err); {
			case good && (err != nil || creds.CanExpire != (text != "")):
				t.Errorf("%+v, %v", creds, err)
			case !good && (!errors.Is(err, fault.Invalid) || !strings.Contains(f.Message, "AWS_CREDENTIAL_EXPIRATION") || !strings.Contains(f.Fix, "2026-01-02T15:04:05Z")):
				t.Errorf("%+v", f)
			}
		})
	}
}
