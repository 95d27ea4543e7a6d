package signin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/awssim/simtest"
	simsso "github.com/hawser/hawser/internal/awssim/sso"
	"github.com/hawser/hawser/internal/fault"
)

const startURL = "https://acme.awsapps.com/start"

// office is a simulated AWS where ada may sign in, and a home with profiles for that.
type office struct {
	*simtest.Sim
	t     *testing.T
	shown []signin.Prompt
}

func start(t *testing.T) *office {
	t.Helper()
	awsapitest.Clean(t)
	sim := simtest.Start(t)
	t.Setenv("AWS_ENDPOINT_URL", sim.URL)
	role, err := sim.Account.AddRole("Admin", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	simsso.AddDirectory(sim.World, func(user string) *simsso.Session {
		if user != "ada" {
			return nil
		}
		s := simsso.NewPerson(sim.World, user)
		s.Grant("Admin", role)
		return s
	})
	simsso.SetBrowser(sim.World, "ada")
	writeConfig(t, "[sso-session acme]\nsso_region = eu-central-1\nsso_start_url = "+startURL+"\n"+
		"[profile work]\nsso_session = acme\nsso_account_id = "+sim.Account.ID+"\nsso_role_name = Admin\nregion = us-east-1\n"+
		"[profile old]\nsso_region = eu-central-1\nsso_start_url = "+startURL+"\nsso_account_id = "+sim.Account.ID+"\nsso_role_name = Admin\nregion = us-east-1\n")
	return &office{Sim: sim, t: t}
}

func writeConfig(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// session is the one of a profile.
func (o *office) session(profile string) signin.Session {
	o.t.Helper()
	s, err := signin.Find(o.t.Context(), signin.Asked{Profile: profile, Named: true})
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// client signs in to the simulator. The browser is what act does with an address; time
// passes only while the client waits.
func (o *office) client(act func(address string)) *signin.Client {
	o.t.Helper()
	cfg, err := awsapitest.PoolOf(awsapi.Settings{}).Unsigned(o.t.Context(), "eu-central-1")
	if err != nil {
		o.t.Fatal(err)
	}
	return &signin.Client{
		Config: cfg, Now: o.Clock.Now,
		Show: func(p signin.Prompt) error {
			o.shown = append(o.shown, p)
			act(p.Address)
			return nil
		},
		Wait: func(ctx context.Context, d time.Duration) error {
			o.Clock.Advance(d)
			return ctx.Err()
		},
	}
}

// open opens a page and follows where it leads, as a browser does.
func (o *office) open(address string) (status int, text string) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// whoami is who the profile's credentials are, by the SDK's own reading of the cache.
func (o *office) whoami(profile string) string {
	o.t.Helper()
	s, err := awsapitest.PoolOf(awsapi.Settings{Profile: profile}).Session(o.t.Context(), awsapi.Target{})
	if err != nil {
		o.t.Fatal(err)
	}
	identity, err := s.Identity(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return identity.ARN
}

// registrations is how many clients were registered.
func (o *office) registrations() int64 { return o.Count("sso-oauth:RegisterClient") }

// TestSignIn signs in by each flow, and uses what was cached.
func TestSignIn(t *testing.T) {
	for name, tt := range map[string]struct {
		profile   string
		device    bool
		renewable bool
	}{
		"in the browser":                  {"work", false, true},
		"by a code":                       {"work", true, true},
		"a profile of the older form":     {"old", false, false},
		"the older form, asked by a code": {"old", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			c := o.client(func(address string) {
				if status, text := o.open(address); status != http.StatusOK {
					t.Errorf("%d %s", status, text)
				}
			})
			c.Device = tt.device
			done, err := c.SignIn(t.Context(), o.session(tt.profile))
			if err != nil {
				t.Fatal(err)
			}
			if len(o.shown) != 1 || (o.shown[0].Code != "") != (tt.device || tt.profile == "old") {
				t.Errorf("shown %+v", o.shown)
			}
			if done.Renewable != tt.renewable || !done.Expires.After(o.Clock.Now()) {
				t.Errorf("%+v", done)
			}
			info, err := os.Stat(done.File)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			if info, err := os.Stat(filepath.Dir(done.File)); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			if who := o.whoami(tt.profile); !strings.HasSuffix(who, ":assumed-role/Admin/ada") {
				t.Errorf("I am %s", who)
			}
			if _, err := c.SignIn(t.Context(), o.session(tt.profile)); err != nil || o.registrations() != 1 {
				t.Errorf("registered %d times, %v", o.registrations(), err)
			}
		})
	}
}

// TestNotApproved wants each end of a sign-in without a token to be said, and nothing to
// be cached.
func TestNotApproved(t *testing.T) {
	for name, tt := range map[string]struct {
		device bool
		act    func(o *office, address string)
		want   fault.Kind
	}{
		"declined":           {false, func(o *office, a string) { o.open(a + "&deny=1") }, fault.Unconfirmed},
		"a code, declined":   {true, func(o *office, a string) { o.open(a + "&deny=1") }, fault.Unconfirmed},
		"a code, never used": {true, func(*office, string) {}, fault.Timeout},
		"interrupted": {false, func(*office, string) {
		}, fault.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := o.client(func(address string) {
				tt.act(o, address)
				if tt.want == fault.Canceled {
					cancel()
				}
			})
			c.Device = tt.device
			_, err := c.SignIn(ctx, o.session("work"))
			if got := fault.From(err); !errors.Is(err, tt.want) || tt.want != fault.Canceled && got.Fix == "" {
				t.Errorf("%+v", got)
			}
			if names := tokens(t); len(names) != 0 {
				t.Errorf("cached %v", names)
			}
		})
	}
}

// tokens lists the cache files with a token.
func tokens(t *testing.T) (names []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".aws/sso/cache/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "accessToken") {
			names = append(names, name)
		}
	}
	return names
}

// TestSlowDown wants a client that asked too early to ask less often.
func TestSlowDown(t *testing.T) {
	o := start(t)
	var waits []time.Duration
	var page string
	c := o.client(func(address string) { page = address })
	c.Device = true
	c.Wait = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		if len(waits) > 2 {
			o.Clock.Advance(d)
		}
		if len(waits) == 4 {
			o.open(page)
		}
		return nil
	}
	if _, err := c.SignIn(t.Context(), o.session("work")); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(waits); got != "[1s 1s 6s 6s]" {
		t.Errorf("waited %s", got)
	}
}

// TestOtherPagesAreRefused wants the page on this machine to take nothing but the first
// answer with the state.
func TestOtherPagesAreRefused(t *testing.T) {
	o := start(t)
	c := o.client(func(address string) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		back := u.Query().Get("redirect_uri")
		for _, wrong := range []string{back + "?code=x&state=wrong", back + "?code=x", back + "?error=access_denied", strings.TrimSuffix(back, "callback") + "?state=" + u.Query().Get("state")} {
			if status, text := o.open(wrong); status/100 != 4 {
				t.Errorf("%s: %d %s", wrong, status, text)
			}
		}
		if status, text := o.open(strings.Replace(back, "127.0.0.1", "localhost", 1) + "?code=x&state=" + u.Query().Get("state")); status != http.StatusNotFound {
			t.Errorf("another host: %d %s", status, text)
		}
		if status, text := o.open(address); status != http.StatusOK || !strings.Contains(text, "terminal") {
			t.Errorf("%d %s", status, text)
		}
		if status, text := o.open(address + "&deny=1"); status != http.StatusConflict {
			t.Errorf("a second tab: %d %s", status, text)
		}
	})
	if _, err := c.SignIn(t.Context(), o.session("work")); err != nil {
		t.Error(err)
	}
}

// TestARegistrationThatEnded wants another one to be made where AWS does not know the
// cached one, or it is about to end.
func TestARegistrationThatEnded(t *testing.T) {
	o := start(t)
	c := o.client(func(address string) { o.open(address) })
	c.Device = true
	if _, err := c.SignIn(t.Context(), o.session("work")); err != nil {
		t.Fatal(err)
	}
	o.Clock.Advance(91 * 24 * time.Hour)
	if _, err := c.SignIn(t.Context(), o.session("work")); err != nil || o.registrations() != 2 {
		t.Errorf("registered %d times, %v", o.registrations(), err)
	}
	c.Now = func() time.Time { return o.Clock.Now().Add(-100 * 24 * time.Hour) } // AWS's clock is ahead
	o.Clock.Advance(91 * 24 * time.Hour)
	if _, err := c.SignIn(t.Context(), o.session("work")); err != nil || o.registrations() != 3 {
		t.Errorf("registered %d times, %v", o.registrations(), err)
	}
}
