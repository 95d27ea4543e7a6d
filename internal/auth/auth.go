// Package auth says who may call a server on HTTP. It checks where a request
// comes from, whose bearer token it has, and how long the token is valid. It
// records the requests that were refused. Each door writes the answer in its own
// form.
package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Verifier finds the bearer of a token. The error is of kind Internal if tokens
// cannot be checked now. Any other error means that the token is not valid. It is
// recorded, and not shown to the client; it must not contain the token.
type Verifier func(ctx context.Context, token string) (Bearer, error)

// Bearer is the holder of a token.
type Bearer struct {
	// ID identifies the bearer. A bearer without one is refused.
	ID   string
	Name string
	// For is the person on whose behalf the bearer calls, if the token names one.
	For     string
	Expires time.Time // zero for never
	// Scopes are the scopes of the token.
	Scopes []string
	// While returns a context that ends with the token, with a *fault.Error as
	// its cause. If While is nil, the context ends at Expires.
	While func(context.Context) (context.Context, context.CancelFunc)
	// Token is set if it is one of Hawser's own.
	Token Token
}

// Context returns a context that ends with the bearer's token, with a
// *fault.Error as its cause.
func (b Bearer) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	end := func() {}
	if !b.Expires.IsZero() {
		ctx, end = context.WithDeadlineCause(ctx, b.Expires, ErrEnded())
	}
	if b.While == nil {
		return ctx, end
	}
	ctx, stop := b.While(ctx)
	return ctx, func() { stop(); end() }
}

// Bearers decides which bearer tokens a server accepts.
type Bearers struct {
	Verify Verifier
	// Scopes are the scopes that a token must have.
	Scopes []string
	// Source is a clause that says where tokens come from, such as "hawser token
	// create makes one".
	Source string
}

// Check finds the bearer of a request. The error has an HTTP status (see
// StatusOf). It is of kind Internal if tokens cannot be checked now.
//
// https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
func (b Bearers) Check(r *http.Request) (Bearer, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 { // a proxy before this server may use another one of them
		return Bearer{}, WithStatus(http.StatusBadRequest, fault.New(fault.Invalid, "the request has %d headers Authorization", len(headers)).
			At("Authorization").WithFix("send one"))
	}
	fields := strings.Fields(strings.Join(headers, ""))
	if len(fields) != 2 || !strings.EqualFold(fields[0], "Bearer") {
		return Bearer{}, Unauthorized(fault.New(fault.Refused, "the request has no token").
			WithFix("send the header Authorization: Bearer TOKEN; %s", b.Source))
	}
	bearer, err := b.Verify(r.Context(), fields[1])
	switch {
	case errors.Is(err, fault.Internal):
		return Bearer{}, err
	case err != nil:
		return Bearer{}, b.Unknown(err)
	case bearer.ID == "" || !bearer.Expires.IsZero() && bearer.Expires.Before(time.Now()):
		return Bearer{}, b.Unknown(errNotGood)
	}
	for _, scope := range b.Scopes {
		if !slices.Contains(bearer.Scopes, scope) {
			return Bearer{}, fault.New(fault.Refused, "the token lacks the scope %s", strings.Join(b.Scopes, " ")).
				WithFix("request a token with that scope from the authorization server")
		}
	}
	return bearer, nil
}

// Unknown returns the refusal of a token that is not valid. Why is recorded and
// not shown to the client.
func (b Bearers) Unknown(why error) error {
	refusal := fault.New(fault.Refused, "the token is not valid").
		WithCause("it was revoked, has expired, or is not for this server").WithFix("create another; %s", b.Source)
	return requestError{status: http.StatusUnauthorized, fault: refusal, reason: why}
}

// StaticToken returns a Verifier for one token.
func StaticToken(name, token string) Verifier {
	want := sha256.Sum256([]byte(token))
	return func(_ context.Context, got string) (Bearer, error) {
		sum := sha256.Sum256([]byte(got))
		if subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			return Bearer{}, errNotGood
		}
		return Bearer{ID: name, Name: name}, nil
	}
}

// errNotGood is the error of a Verifier for an invalid token.
var errNotGood = errors.New("it is unknown or has expired")
