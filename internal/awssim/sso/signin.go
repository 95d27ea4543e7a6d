package sso

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awssim"
)

const (
	devicePath    = "/_sso/device"
	authorizePath = "/authorize"
	// deviceLength is how long a person has to approve a device, codeLength how long
	// a client to redeem an authorization code.
	deviceLength = 10 * time.Minute
	codeLength   = 10 * time.Minute
	// signInLength is how long a person is signed in, tokenLength how long an access
	// token that can be renewed lasts.
	signInLength = 8 * time.Hour
	tokenLength  = time.Hour
)

// device waits for a person's approval of its code.
type device struct {
	user   string // code that the person sees
	client *client
	ends   time.Time
	asked  time.Time // when the client asked last
	denied bool
	person *Session // who approved; nil until then
}

// code is an authorization code.
type code struct {
	client              *client
	redirect, challenge string
	ends                time.Time
	person              *Session
}

// Directory finds the session that a user signs in with, which has no token yet;
// nil where there is no such user, or one who may not sign in.
type Directory func(user string) *Session

// AddDirectory lets the users of a directory sign in.
func AddDirectory(w *awssim.World, d Directory) {
	st := sessionsOf(w)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.directories = append(st.directories, d)
}

// SetBrowser says who is signed in in the browser that opens the pages: they
// approve what is asked there. With an empty name nobody is, and a page wants the
// parameter user.
func SetBrowser(w *awssim.World, user string) {
	st := sessionsOf(w)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.browser = user
}

// signIn is a new session of a user, without a token.
func (st *sessions) signIn(user string) *Session {
	st.mu.RLock()
	directories := slices.Clone(st.directories)
	st.mu.RUnlock()
	for _, d := range directories {
		if s := d(user); s != nil {
			return s
		}
	}
	return nil
}

// pages finds the simulated pages of a person's browser.
func pages(w *awssim.World) func(*http.Request) http.Handler {
	return func(r *http.Request) http.Handler {
		switch r.URL.Path {
		case devicePath:
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { sessionsOf(w).devicePage(rw, r) })
		case authorizePath:
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { sessionsOf(w).authorizePage(rw, r) })
		}
		return nil
	}
}

// whoAnswers is the user who answers a page's question; ok is false where the page
// is left to say how.
func (st *sessions) whoAnswers(rw http.ResponseWriter, r *http.Request) (s *Session, ok bool) {
	st.mu.RLock()
	user := st.browser
	st.mu.RUnlock()
	if asked := r.FormValue("user"); asked != "" {
		user = asked
	}
	if user == "" {
		fmt.Fprintln(rw, "Add &user=NAME to approve as that user, and &deny=1 to deny.")
		return nil, false
	}
	if s = st.signIn(user); s == nil {
		http.Error(rw, "there is no such user, or they may not sign in", http.StatusForbidden)
		return nil, false
	}
	return s, true
}

// devicePage is where a person approves a device, by the code that it shows.
func (st *sessions) devicePage(rw http.ResponseWriter, r *http.Request) {
	s, ok := st.whoAnswers(rw, r)
	if !ok {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, d := range st.devices {
		if d.user == strings.ToUpper(r.FormValue("user_code")) && st.world.Clock.Now().Before(d.ends) && d.person == nil && !d.denied {
			if d.denied = r.FormValue("deny") != ""; !d.denied {
				d.person = s
			}
			fmt.Fprintln(rw, "Request answered. You can close this window.")
			return
		}
	}
	http.Error(rw, "the code is not valid, or no more", http.StatusNotFound)
}

// authorizePage is where a person lets a client in by an authorization code.
//
// https://datatracker.ietf.org/doc/html/rfc7636
func (st *sessions) authorizePage(rw http.ResponseWriter, r *http.Request) {
	redirect, err := st.checkAuthorize(r)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	s, ok := st.whoAnswers(rw, r)
	if !ok {
		return
	}
	q := redirect.Query()
	q.Set("state", r.FormValue("state"))
	if r.FormValue("deny") != "" {
		q.Set("error", "access_denied")
	} else {
		q.Set("code", st.newCode(r, s))
	}
	redirect.RawQuery = q.Encode()
	http.Redirect(rw, r, redirect.String(), http.StatusFound) //nolint:gosec // G710: checkAuthorize takes only URIs that the client registered
}

// checkAuthorize checks what a client asks its user's browser to open.
func (st *sessions) checkAuthorize(r *http.Request) (*url.URL, error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	c := st.clients[r.FormValue("client_id")]
	redirect, err := url.Parse(r.FormValue("redirect_uri"))
	switch {
	case c == nil || !st.world.Clock.Now().Before(c.ends):
		return nil, fmt.Errorf("invalid_client: client_id is not known")
	case err != nil || !c.returnsTo(redirect):
		return nil, fmt.Errorf("invalid_request: redirect_uri is not registered")
	case r.FormValue("response_type") != "code":
		return nil, fmt.Errorf("unsupported_response_type: response_type must be code")
	case r.FormValue("code_challenge_method") != "S256" || r.FormValue("code_challenge") == "":
		return nil, fmt.Errorf("invalid_request: code_challenge with code_challenge_method S256 is required")
	}
	return redirect, nil
}

func (st *sessions) newCode(r *http.Request, s *Session) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	text := awssim.UniqueID("code")
	st.codes[text] = &code{
		client: st.clients[r.FormValue("client_id")], redirect: r.FormValue("redirect_uri"), challenge: r.FormValue("code_challenge"),
		ends: st.world.Clock.Now().Add(st.world.Clock.Scaled(codeLength)), person: s,
	}
	return text
}

// verifies reports whether a verifier belongs to a challenge.
func verifies(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}
