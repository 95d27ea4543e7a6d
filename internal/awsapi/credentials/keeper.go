package credentials

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// How credentials are kept fresh.
const (
	// refreshBefore is how long before their end credentials are renewed, at
	// most: a quarter of their life bounds it too.
	refreshBefore = 5 * time.Minute
	// refreshAgain is how soon a failed renewal is tried again while the old
	// credentials still hold.
	refreshAgain = 15 * time.Second
	// RefreshTimeout ends a renewal that hangs; the next call tries again.
	RefreshTimeout = time.Minute
)

// Keeper keeps one provider's credentials fresh. The SDK's cache makes
// concurrent callers share one renewal; the keeper decides when it is due, and
// keeps credentials that are still valid when it fails.
type Keeper struct {
	cache *aws.CredentialsCache
	inner aws.CredentialsProvider

	mu    sync.Mutex
	last  aws.Credentials // as the provider gave them, with their true end
	grace bool            // the cache gets the last ones once more

	shared  Shared  // the renewal, for all who wait for it
	running Running // the program that a renewal waits for
}

// Signer is the access key that the current attempt of a call is signed with.
type Signer struct {
	keeper *Keeper
	used   aws.Credentials
}

type signerKey struct{}

// NewContext returns a context in which keepers note what they gave in s.
func NewContext(ctx context.Context, s *Signer) context.Context {
	return context.WithValue(ctx, signerKey{}, s)
}

// Renew makes the next attempt ask for new credentials, because AWS refused
// these as ended. It reports whether asking again can give others.
func (s *Signer) Renew() bool { return s.keeper != nil && s.keeper.renew(s.used) }

// forgetter is a provider that keeps credentials itself, as the SDK's cache
// does.
type forgetter interface{ Invalidate() }

func newKeeper(provider aws.CredentialsProvider) *Keeper {
	k := &Keeper{inner: provider}
	k.cache = aws.NewCredentialsCache(renewal{k}, func(o *aws.CredentialsCacheOptions) {
		o.ExpiryWindow = refreshBefore
		o.ExpiryWindowJitterFrac = 0.5
	})
	return k
}

// Retrieve returns credentials that are valid now. Failures are
// *awserr.CredentialsError. A renewal ends when nobody waits for it any more.
func (k *Keeper) Retrieve(ctx context.Context) (aws.Credentials, error) {
	ctx, done := endWithRenewal(ctx)
	defer done()
	defer k.shared.Wait()()
	creds, err := k.cache.Retrieve(ctx)
	for Late(ctx, err) {
		creds, err = k.cache.Retrieve(ctx)
	}
	if err != nil {
		return creds, &awserr.CredentialsError{Err: k.running.NameRunning(ctx, err)}
	}
	if s, ok := ctx.Value(signerKey{}).(*Signer); ok {
		s.keeper, s.used = k, creds
	}
	return creds, nil
}

// ProviderSources passes the SDK's record of sources on to its user agent.
func (k *Keeper) ProviderSources() []aws.CredentialSource {
	if p, ok := k.inner.(aws.CredentialProviderSource); ok {
		return p.ProviderSources()
	}
	return nil
}

// renew makes the next Retrieve ask the provider, because AWS refused used as
// ended. It reports whether asking again can give other credentials.
func (k *Keeper) renew(used aws.Credentials) bool {
	present := k.Present()
	if present.AccessKeyID != used.AccessKeyID || present.SessionToken != used.SessionToken {
		return true // another call has renewed them, or is about to
	}
	if !present.CanExpire {
		return false
	}
	k.mu.Lock()
	k.last = aws.Credentials{}
	k.mu.Unlock()
	k.cache.Invalidate()
	if inner, ok := k.inner.(forgetter); ok {
		inner.Invalidate()
	}
	return true
}

// Present returns the credentials held now, with their true end, without asking
// for any.
func (k *Keeper) Present() aws.Credentials {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last
}

// renewal is the provider that the keeper's cache asks.
type renewal struct{ *Keeper }

// Retrieve asks the provider for new credentials. A provider that is itself a
// cache is told to forget first, since it would keep its own to the very end.
func (r renewal) Retrieve(ctx context.Context) (aws.Credentials, error) {
	ctx, ended := r.shared.Begin(r.running.Note(ctx))
	defer ended()
	ctx, cancel := context.WithTimeout(ctx, RefreshTimeout)
	defer cancel()
	if inner, ok := r.inner.(forgetter); ok && r.valid(time.Now()) {
		inner.Invalidate()
	}
	creds, err := r.inner.Retrieve(ctx)
	if err != nil {
		return creds, Why(ctx, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last, r.grace = creds, false
	return creds, nil
}

// valid reports whether the last credentials still hold at a time.
func (r renewal) valid(at time.Time) bool {
	last := r.Present()
	return last.HasKeys() && (!last.CanExpire || last.Expires.After(at))
}

// HandleFailToRefresh returns the last credentials again while they hold.
func (r renewal) HandleFailToRefresh(_ context.Context, _ aws.Credentials, err error) (aws.Credentials, error) {
	if !r.valid(time.Now()) {
		return aws.Credentials{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.grace = true
	again := r.last
	if next := time.Now().Add(refreshAgain); again.CanExpire && next.Before(again.Expires) {
		again.Expires = next
	}
	return again, nil
}

// AdjustExpiresBy moves the renewal before the true end, by no more than a
// quarter of the life that is left, so that short-lived credentials are not
// renewed at every call.
func (r renewal) AdjustExpiresBy(creds aws.Credentials, by time.Duration) (aws.Credentials, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.grace || !creds.CanExpire {
		return creds, nil
	}
	quarter := max(0, time.Until(creds.Expires)/4)
	creds.Expires = creds.Expires.Add(max(by, -quarter))
	return creds, nil
}
