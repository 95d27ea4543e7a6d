package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/text"
)

const (
	keysTimeout = 10 * time.Second
	mostKeys    = 1 << 20 // bytes
	// keysAge is how long keys are used until they are fetched again, so that a key
	// that the server withdrew is not used for longer.
	keysAge = time.Hour
	// keysPause is the least time between two requests for keys, so that tokens with a
	// wrong signature do not become requests to the authorization server.
	keysPause = 10 * time.Second
)

// keySet is the keys of an authorization server. It is used in place of go-oidc's,
// which ignores what a key is for.
type keySet struct {
	url     string
	clock   func() time.Time
	fetches singleflight.Group

	mu   sync.Mutex
	last fetched
}

// fetched is what the last request for keys brought.
type fetched struct {
	keys []publicKey
	err  error
	at   time.Time // zero if there was no request
}

func newKeySet(url string, clock func() time.Time) *keySet { return &keySet{url: url, clock: clock} }

// verify returns the payload of a signed token. If no key that is known verifies
// it, the keys are fetched again, since the server may have changed them.
//
// https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys
func (s *keySet) verify(ctx context.Context, token *jose.JSONWebSignature) ([]byte, error) {
	known, err := s.within(ctx, keysAge)
	if err != nil {
		return nil, err
	}
	payload, err := verifyBy(known.keys, token)
	if err == nil {
		return payload, nil
	}
	again, fetchErr := s.within(ctx, keysPause)
	if fetchErr != nil {
		return nil, fetchErr
	}
	if again.at.Equal(known.at) {
		return nil, err
	}
	return verifyBy(again.keys, token)
}

// within returns keys that are no older than age. If the last request failed, the next
// one is made after keysPause.
func (s *keySet) within(ctx context.Context, age time.Duration) (fetched, error) {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last.err != nil {
		age = keysPause
	}
	if last.at.IsZero() || s.clock().Sub(last.at) >= age {
		var err error
		if last, err = s.fetch(ctx); err != nil {
			return fetched{}, err
		}
	}
	if last.err != nil {
		return fetched{}, fault.Wrap(last.err, fault.Internal, "the keys of the authorization server cannot be fetched: %v", last.err)
	}
	return last, nil
}

// verifyBy returns the payload of a token that one of the keys verifies. The error
// says why the keys of the token's ID were not used.
func verifyBy(keys []publicKey, token *jose.JSONWebSignature) ([]byte, error) {
	if len(token.Signatures) != 1 {
		return nil, fault.New(fault.Refused, "the token has %d signatures", len(token.Signatures))
	}
	header := token.Signatures[0].Header
	why := fault.New(fault.Refused, "the authorization server has no key %s", text.Name(header.KeyID))
	for _, key := range keys {
		if header.KeyID != "" && header.KeyID != key.ID {
			continue
		}
		if err := key.verifies(header.Algorithm); err != nil {
			why = fault.Wrap(err, fault.Refused, "the key %s of the authorization server %v", text.Name(key.ID), err)
			continue
		}
		payload, err := token.Verify(key.key)
		if err == nil {
			return payload, nil
		}
		why = fault.Wrap(err, fault.Refused, "the signature is not that of the key %s", text.Name(key.ID))
	}
	return nil, why
}

// fetch reads the keys of the server. Calls at the same time share one request. The
// error is that of ctx.
func (s *keySet) fetch(ctx context.Context) (fetched, error) {
	answer := s.fetches.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
		defer cancel()
		var keys []publicKey
		err := parallel.Safely(func() (err error) {
			keys, err = download(ctx, s.url)
			return err
		})
		now := fetched{keys: keys, err: err, at: s.clock()}
		s.mu.Lock()
		s.last = now
		s.mu.Unlock()
		return now, nil
	})
	select {
	case <-ctx.Done():
		return fetched{}, fault.Wrap(ctx.Err(), fault.Internal, "the keys of the authorization server were not fetched in time")
	case r := <-answer:
		now, _ := r.Val.(fetched)
		return now, nil
	}
}

func download(ctx context.Context, url string) ([]publicKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer has the status %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostKeys+1))
	if err != nil {
		return nil, err
	}
	if len(body) > mostKeys {
		return nil, errors.New("the answer is too long")
	}
	return parseKeySet(body)
}

// parseKeySet reads a JWK Set. Keys that are not understood are ignored when a
// token needs them, so that they do not prevent the use of others.
//
// https://datatracker.ietf.org/doc/html/rfc7517#section-5
func parseKeySet(raw []byte) ([]publicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, err
	}
	keys := make([]publicKey, len(set.Keys))
	for i, raw := range set.Keys {
		keys[i] = parseKey(raw)
	}
	return keys, nil
}

// signature verifies the signature of one token, and keeps the error: go-oidc
// returns no more than its text.
type signature struct {
	keys *keySet
	err  error
}

// VerifySignature implements oidc.KeySet.
func (s *signature) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	defer func() { s.err = err }()
	parsed, err := jose.ParseSigned(token, signatureAlgorithms())
	if err != nil {
		return nil, err
	}
	return s.keys.verify(ctx, parsed)
}
