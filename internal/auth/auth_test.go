package auth_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
)

func TestBearers(t *testing.T) {
	bearers := auth.Bearers{Scopes: []string{"hawser"}, Verify: func(_ context.Context, token string) (auth.Bearer, error) {
		switch token {
		case "good":
			return auth.Bearer{ID: "ada", Scopes: []string{"openid", "hawser"}}, nil
		case "narrow":
			return auth.Bearer{ID: "ada", Scopes: []string{"openid"}}, nil
		case "ended":
			return auth.Bearer{ID: "ada", Scopes: []string{"hawser"}, Expires: time.Now().Add(-time.Second)}, nil
		case "nobody":
			return auth.Bearer{Scopes: []string{"hawser"}}, nil
		case "broken":
			return auth.Bearer{}, fault.New(fault.Internal, "the file cannot be read")
		default:
			return auth.Bearer{}, errors.New("a reason that is not shown")
		}
	}}
	for header, want := range map[string]struct {
		status  int
		message string
	}{
		"":               {401, "the request has no token"},
		"Bearer":         {401, "the request has no token"},
		"Bearer a b":     {401, "the request has no token"},
		"Basic good":     {401, "the request has no token"},
		"Bearer unknown": {401, "the token is not valid"},
		"Bearer ended":   {401, "the token is not valid"},
		"Bearer nobody":  {401, "the token is not valid"},
		"Bearer narrow":  {403, "the token lacks the scope hawser"},
		"Bearer broken":  {500, "the file cannot be read"},
		"Bearer good":    {200, ""},
		"bearer good":    {200, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		b, err := bearers.Check(r)
		if want.status == 200 {
			if err != nil || b.ID != "ada" {
				t.Errorf("%q: %+v, %v", header, b, err)
			}
			continue
		}
		if err == nil || auth.StatusOf(err) != want.status || fault.From(err).Message != want.message || b.ID != "" {
			t.Errorf("%q: %+v, %v", header, b, err)
		}
	}
}

// A context ends with its bearer's token, and its cause says so.
func TestBearerContext(t *testing.T) {
	ctx, end := auth.Bearer{ID: "ada", Expires: time.Now().Add(-time.Second)}.Context(t.Context())
	defer end()
	if <-ctx.Done(); !errors.Is(context.Cause(ctx), fault.Canceled) || fault.From(context.Cause(ctx)).Message != auth.ErrEnded().Message {
		t.Errorf("%v", context.Cause(ctx))
	}
}
