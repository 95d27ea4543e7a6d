package auth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/auth/authtest"
)

// Tokens are taken that the issuer signed, for this server, and that have not
// ended; no others.
func TestOAuthTokens(t *testing.T) {
	i, stranger := authtest.NewIssuer(t), authtest.NewIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	good := jwt.Claims{Issuer: i.URL, Subject: "ada", Audience: jwt.Audience{resource}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	elsewhere, late, foreign, nobody := good, good, good, good
	nobody.Subject = ""
	elsewhere.Audience = jwt.Audience{"https://other.example.com"}
	late.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Hour))
	foreign.Issuer = stranger.URL
	bearer, err := verify(t.Context(), i.Token(t, i.Signer, good))
	if err != nil || bearer.Name != "ada" || bearer.Expires.Before(time.Now()) {
		t.Errorf("%+v, %v", bearer, err)
	}
	for name, token := range map[string]string{
		"of nobody":            i.Token(t, i.Signer, nobody),
		"for another server":   i.Token(t, i.Signer, elsewhere),
		"ended":                i.Token(t, i.Signer, late),
		"of another issuer":    i.Token(t, i.Signer, foreign),
		"signed by a stranger": i.Token(t, stranger.Signer, good),
		"no token":             "abc",
	} {
		if _, err := verify(t.Context(), token); err == nil {
			t.Errorf("a token %s is taken", name)
		}
	}
	if _, err := auth.OAuth(t.Context(), "http://127.0.0.1:1", resource); err == nil {
		t.Error("an issuer that is not there is taken")
	}
}

// TestOAuthTokensAreExact: claims are told apart by case, none stands twice, and a
// token that says that it is something else is not an access token.
func TestOAuthTokensAreExact(t *testing.T) {
	i := authtest.NewIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	exp := time.Now().Add(time.Hour).Unix()
	claims := func(aud, more string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":"ada","exp":%d,"aud":%q,"scope":"hawser"%s}`, i.URL, exp, aud, more)
	}
	good := claims(resource, "")
	for _, typ := range []string{"", "JWT", "at+jwt", "application/at+JWT"} {
		if _, err := verify(t.Context(), i.Raw(t, typ, good)); err != nil {
			t.Errorf("type %q: %v", typ, err)
		}
	}
	if _, err := verify(t.Context(), i.Raw(t, "JWT", claims(resource, `,"Department":"x","resource_access":{"a":{"roles":["b"]}}`))); err != nil {
		t.Errorf("with claims of its own: %v", err)
	}
	for name, token := range map[string]string{
		"a logout token":         i.Raw(t, "logout+jwt", good),
		"a type that is unknown": i.Raw(t, "dpop+jwt", good),
		"AUD":                    i.Raw(t, "at+jwt", claims("x", fmt.Sprintf(`,"AUD":%q`, resource))),
		"aud twice":              i.Raw(t, "at+jwt", claims("x", fmt.Sprintf(`,"aud":%q`, resource))),
		"ISS":                    i.Raw(t, "at+jwt", claims(resource, fmt.Sprintf(`,"ISS":%q`, i.URL))),
		"SUB":                    i.Raw(t, "at+jwt", claims(resource, `,"SUB":"eve"`)),
		"sub with a long s":      i.Raw(t, "at+jwt", claims(resource, `,"ſub":"eve"`)),
		"Exp":                    i.Raw(t, "at+jwt", claims(resource, fmt.Sprintf(`,"Exp":%d`, exp))),
		"Scope":                  i.Raw(t, "at+jwt", claims(resource, `,"Scope":"admin"`)),
		"no UTF-8":               i.Raw(t, "at+jwt", claims(resource, ",\"a\":\"\xff\"")),
	} {
		if _, err := verify(t.Context(), token); err == nil {
			t.Errorf("%s: the token is taken", name)
		}
	}
}

// TestOAuthTokensArePlain: what a token says that must be understood, and is not, is
// never passed over.
func TestOAuthTokensArePlain(t *testing.T) {
	i := authtest.NewIssuer(t)
	const resource = "https://hawser.example.com/mcp"
	verify, err := auth.OAuth(t.Context(), i.URL, resource)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	claims := func(sub, exp, more string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":%s,"exp":%s,"aud":%q,"scope":"hawser"%s}`, i.URL, sub, exp, resource, more)
	}
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	hour := at(time.Hour)
	for name, tt := range map[string]struct {
		header  map[jose.HeaderKey]any
		payload string
		good    bool
	}{
		"plain":                   {nil, claims(`"ada"`, hour, ""), true},
		"fractions of a second":   {nil, claims(`"ada"`, hour+".5", `,"iat":`+at(0)+".25"), true},
		"a clock a little ahead":  {nil, claims(`"ada"`, hour, `,"iat":`+at(time.Minute)+`,"nbf":`+at(time.Minute)), true},
		"content of another type": {map[jose.HeaderKey]any{"cty": "json"}, claims(`"ada"`, hour, ""), true},
		"issued in the future":    {nil, claims(`"ada"`, hour, `,"iat":`+at(20*time.Minute)), false},
		"exp as a text":           {nil, claims(`"ada"`, `"`+hour+`"`, ""), false},
		"exp as null":             {nil, claims(`"ada"`, "null", ""), false},
		"exp beyond all times":    {nil, claims(`"ada"`, "1e300", ""), false},
		"nbf as a text":           {nil, claims(`"ada"`, hour, `,"nbf":"`+at(-time.Hour)+`"`), false},
		"iat as a text":           {nil, claims(`"ada"`, hour, `,"iat":"`+at(-time.Hour)+`"`), false},
		"iat before all times":    {nil, claims(`"ada"`, hour, `,"iat":-1`), false},
		"bound to a key":          {nil, claims(`"ada"`, hour, `,"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}`), false},
		"bound to a certificate":  {nil, claims(`"ada"`, hour, `,"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}`), false},
		"bound to nothing":        {nil, claims(`"ada"`, hour, `,"cnf":null`), false},
		"critical":                {map[jose.HeaderKey]any{"crit": []string{"exp"}}, claims(`"ada"`, hour, ""), false},
		"critical b64":            {map[jose.HeaderKey]any{"crit": []string{"b64"}, "b64": true}, claims(`"ada"`, hour, ""), false},
		"critical and empty":      {map[jose.HeaderKey]any{"crit": []string{}}, claims(`"ada"`, hour, ""), false},
		"compressed":              {map[jose.HeaderKey]any{"zip": "DEF"}, claims(`"ada"`, hour, ""), false},
		"nested":                  {map[jose.HeaderKey]any{"cty": "JWT"}, claims(`"ada"`, hour, ""), false},
		"of nobody":               {nil, claims(`""`, hour, ""), false},
		"of blanks":               {nil, claims(`"  "`, hour, ""), false},
		"of a control character":  {nil, claims(`"ada\u0007"`, hour, ""), false},
		"of a line break":         {nil, claims(`"ada\nroot"`, hour, ""), false},
		"of a hidden character":   {nil, claims(`"ada\u202e"`, hour, ""), false},
	} {
		if _, err := verify(t.Context(), i.Headed(t, tt.header, tt.payload)); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A request with two tokens has none: a proxy may have looked at the other.
func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	bearers := auth.Bearers{Verify: auth.StaticToken("a", "good")}
	r := httptest.NewRequest(http.MethodPost, "/mcp", nil)
	r.Header.Add("Authorization", "Bearer good")
	if _, err := bearers.Check(r); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"Bearer other", "Bearer good", ""} {
		r.Header["Authorization"] = []string{"Bearer good", other}
		if _, err := bearers.Check(r); auth.StatusOf(err) != http.StatusBadRequest {
			t.Errorf("beside %q: %v", other, err)
		}
	}
}
