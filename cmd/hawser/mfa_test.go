package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/cli"
)

const trustWithMFA = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
	"Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}`

// TestMFACodeIsAskedOnATerminal signs in with a profile whose role trusts
// nobody without a code.
func TestMFACodeIsAskedOnATerminal(t *testing.T) {
	tests := map[string]struct {
		terminal bool
		typed    string
		exit     int
		asked    bool
		says     string // on stdout or stderr
	}{
		"a code":             {true, "123456\n", 0, true, "assumed-role/Ops"},
		"spaces around it":   {true, " 123456 \n", 0, true, "assumed-role/Ops"},
		"no digits":          {true, "abcdef\n", 1, true, "no MFA code was given"},
		"nothing":            {true, "\n", 1, true, "no MFA code was given"},
		"the end of input":   {true, "", 1, true, "no MFA code was given"},
		"without a terminal": {false, "123456\n", 1, false, "run Hawser on a terminal"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			withMFAProfile(t)
			var out, err bytes.Buffer
			p := cli.New(cli.Streams{In: strings.NewReader(tt.typed), Out: &out, Err: &err, Ask: tt.terminal}, os.Environ(), "")
			exit := p.Run(t.Context(), []string{"connections", "check", "default"}, commands(p)...)
			if exit != tt.exit {
				t.Errorf("exit %d, want %d\n%s%s", exit, tt.exit, out.String(), err.String())
			}
			if asked := strings.Contains(err.String(), "MFA code:"); asked != tt.asked {
				t.Errorf("asked: %v, want %v", asked, tt.asked)
			}
			if text := out.String() + err.String(); !strings.Contains(text, tt.says) {
				t.Errorf("it does not say %q:\n%s", tt.says, text)
			}
		})
	}
}

// withMFAProfile leaves the default profile of a machine that reaches a
// simulated AWS through a role which wants an MFA code.
func withMFAProfile(t *testing.T) {
	t.Helper()
	sim := simtest.Start(t)
	role, err := sim.Account.AddRole("Ops", trustWithMFA)
	if err != nil {
		t.Fatal(err)
	}
	sim.Account.AddUser("admin").AddMFA()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "AWS_CONFIG_FILE": filepath.Join(home, "config"),
		"AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "none"), "AWS_ENDPOINT_URL": sim.URL, "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
	} {
		t.Setenv(name, value)
	}
	t.Chdir(home)
	profiles := "[default]\nrole_arn = " + role.ARN + "\nsource_profile = keys\nmfa_serial = arn:aws:iam::111122223333:mfa/admin\n" +
		"[profile keys]\naws_access_key_id = " + sim.Key.AccessKeyID + "\naws_secret_access_key = " + sim.Key.SecretAccessKey + "\n"
	if err := os.WriteFile(filepath.Join(home, "config"), []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
}
