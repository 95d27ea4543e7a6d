package signin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/fault"
)

const one = `[sso-session corp]
sso_region = eu-central-1 ; where it is
sso_start_url = https://corp.awsapps.com/start#/
sso_registration_scopes = sso:account:access, codewhisperer:completions
[profile work]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Ops
[profile below]
source_profile = work
role_arn = arn:aws:iam::444455556666:role/Below
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Ops
[profile plain]
region = us-east-1
s3 =
  sso_session = corp
`

// TestFind wants the session that a person means.
func TestFind(t *testing.T) {
	const second = "[sso-session other]\nsso_region = us-east-1\nsso_start_url = https://other.awsapps.com/start\n"
	corp := "corp https://corp.awsapps.com/start#/ eu-central-1"
	for name, tt := range map[string]struct {
		config string
		asked  signin.Asked
		want   string // the session, or a part of the error
	}{
		"named":                       {one + second, signin.Asked{Session: "corp", Profile: "old"}, corp},
		"a profile's":                 {one + second, signin.Asked{Profile: "work"}, corp},
		"of a profile below":          {one + second, signin.Asked{Profile: "below"}, corp},
		"of the older form":           {one, signin.Asked{Profile: "old"}, " https://old.awsapps.com/start us-east-1"},
		"the only one":                {one, signin.Asked{}, corp},
		"the only one, by a profile":  {one, signin.Asked{Profile: "plain"}, corp},
		"the only one, by no profile": {one, signin.Asked{Profile: "default"}, corp},
		"by its address":              {"", signin.Asked{StartURL: "https://x.awsapps.com/start", Region: "us-east-1"}, " https://x.awsapps.com/start us-east-1"},
		"quoted":                      {strings.ReplaceAll(one, "[sso-session corp]", `[sso-session "corp"]`), signin.Asked{Session: "corp"}, corp},
		"a profile without one":       {one, signin.Asked{Profile: "plain", Named: true}, "does not sign in"},
		"a profile that is not there": {one, signin.Asked{Profile: "nobody", Named: true}, `no AWS profile "nobody"`},
		"one of two":                  {one + second, signin.Asked{}, "one of: corp, other"},
		"none":                        {"", signin.Asked{}, "nothing to sign in to"},
		"an unknown one":              {one, signin.Asked{Session: "crop"}, `did you mean "corp"`},
		"an address alone":            {"", signin.Asked{StartURL: "https://x.awsapps.com/start"}, "sso_region"},
		"a region alone":              {"", signin.Asked{Region: "us-east-1"}, "sso_start_url"},
		"an address that is none":     {"", signin.Asked{StartURL: "x.awsapps.com", Region: "us-east-1"}, "not an https address"},
		"no https":                    {"", signin.Asked{StartURL: "http://x.awsapps.com/start", Region: "us-east-1"}, "not an https address"},
		"half a section":              {"[sso-session corp]\nsso_region = us-east-1\n", signin.Asked{Session: "corp"}, "sso_start_url"},
		"a file that can't be read":   {"sso_session = corp\n", signin.Asked{}, "before the first section"},
	} {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			writeConfig(t, tt.config)
			s, err := signin.Find(t.Context(), tt.asked)
			if err != nil {
				f := fault.From(err)
				if text := f.Message + "; " + f.Cause + "; " + f.Fix; !strings.Contains(text, tt.want) || f.Fix == "" {
					t.Errorf("%s", text)
				}
				return
			}
			if got := s.Name + " " + s.StartURL + " " + s.Region; got != tt.want {
				t.Errorf("got %s", got)
			}
			if s.Name == "corp" && !slices.Equal(s.Scopes, []string{"sso:account:access", "codewhisperer:completions"}) {
				t.Errorf("scopes %v", s.Scopes)
			}
		})
	}
}

// TestProfiles wants the profiles that use a session, and no setting of a nested block.
func TestProfiles(t *testing.T) {
	awsapitest.Clean(t)
	writeConfig(t, one)
	s, err := signin.Find(t.Context(), signin.Asked{Session: "corp"})
	if err != nil {
		t.Fatal(err)
	}
	if names, err := signin.Profiles(s); err != nil || !slices.Equal(names, []string{"work"}) {
		t.Errorf("%v, %v", names, err)
	}
}

// FuzzFind wants any config file to give a session that can be signed in to, or a fault
// with a fix.
func FuzzFind(f *testing.F) {
	f.Add(one, "corp")
	f.Add("[sso-session a b]\nsso_region=x\nsso_start_url=https://x\n", "a b")
	f.Add("[sso-session\n[]\n[ ]\n=\n \t", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		awsapitest.Clean(t)
		writeConfig(t, text)
		s, err := signin.Find(t.Context(), signin.Asked{Session: name})
		var known *fault.Error
		if err != nil && (!errors.As(err, &known) || known.Fix == "") {
			t.Errorf("%v", err)
		}
		if err == nil && (s.Region == "" || !strings.HasPrefix(s.StartURL, "http")) {
			t.Errorf("%+v", s)
		}
	})
}
