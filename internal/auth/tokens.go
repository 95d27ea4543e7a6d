package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
	"github.com/hawser/hawser/internal/tool"
)

// Token is a bearer token as it is stored, with its digest instead of its secret.
type Token struct {
	// ID identifies the token. Rights, sessions and stored answers belong to the
	// ID, and are not passed on to a later token of the same name.
	ID       string      `json:"id,omitempty"`
	Name     string      `json:"name" column:"TOKEN"`
	Tools    []string    `json:"tools,omitempty" column:"TOOLS"`
	ReadOnly bool        `json:"read_only,omitempty" column:"READ-ONLY"`
	Role     caller.Role `json:"role" column:"ROLE"`
	// Agent is the profile of the AI agent that the token belongs to; only the
	// door for agents accepts such a token. For is the person on whose behalf the
	// token's holder works.
	Agent   string    `json:"agent,omitempty" column:"AGENT"`
	For     string    `json:"for,omitempty" column:"FOR"`
	Created time.Time `json:"created" column:"CREATED"`
	Expires time.Time `json:"expires,omitzero" column:"EXPIRES"`
	LastUse time.Time `json:"last_use,omitzero" column:"LAST USE"`
	Digest  string    `json:"sha256,omitempty"`
}

// ended reports whether the token has expired.
func (t Token) ended(now time.Time) bool { return !t.Expires.IsZero() && now.After(t.Expires) }

// Guard limits what the token's holder may do.
func (t Token) Guard() tool.Guard {
	return tool.Guard{Allow: t.Tools, ReadOnly: t.ReadOnly}.From(tool.Origin{
		Names: map[string]string{"allow": "the tools of the token " + t.Name, "read_only": "read_only of the token " + t.Name},
		Fix:   "have another token made in its place: hawser token create",
	})
}

// Tokens are the bearer tokens in a file, which several processes may use: each
// reads it again when it changes. It is safe for concurrent use.
type Tokens struct {
	file  jsonfile.File[[]Token]
	clock func() time.Time

	mu   sync.Mutex
	seen jsonfile.Seen[[]Token] // the file as it was last read
	uses map[string]time.Time   // by id, last uses that are not written yet
}

// tokenPrefix begins every token, so that secret scanners recognize it.
const tokenPrefix = "hawser_"

// OpenTokens uses the file at path, which need not exist yet.
func OpenTokens(path string, clock func() time.Time) *Tokens {
	if clock == nil {
		clock = time.Now
	}
	file := jsonfile.File[[]Token]{Path: path, Name: "tokens", Secret: true, Parse: parseTokens, Remedy: "remove it and create the tokens anew"}
	return &Tokens{file: file, clock: clock, uses: map[string]time.Time{}}
}

// Create makes a token and returns its secret, which is not stored.
func (t *Tokens) Create(token Token) (string, error) {
	if err := token.Guard().Check(); err != nil {
		return "", err
	}
	secret := tokenPrefix + strings.ToLower(rand.Text()+rand.Text())
	token.ID = strings.ToLower(rand.Text())
	token.Digest, token.Created = digest(secret), t.clock().UTC().Truncate(time.Second)
	return secret, t.change(func(all []Token) ([]Token, error) {
		if slices.ContainsFunc(all, func(o Token) bool { return o.Name == token.Name }) {
			return nil, fault.New(fault.Conflict, "a token named %q already exists", token.Name).At("name").WithFix("revoke it, or choose another name")
		}
		return append(all, token), nil
	})
}

// Revoke ends a token at once.
func (t *Tokens) Revoke(name string) error {
	return t.change(func(all []Token) ([]Token, error) {
		left := slices.DeleteFunc(slices.Clone(all), func(o Token) bool { return o.Name == name })
		if len(left) == len(all) {
			return nil, fault.New(fault.NotFound, "there is no token %q", name).At("name").WithFix("hawser token list shows them")
		}
		return left, nil
	})
}

// List returns the tokens, without their digests.
func (t *Tokens) List() ([]Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.load()
	if err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].Digest = ""
	}
	return all, nil
}

// Find gives the token of a secret, and notes its use. Revoked and expired tokens
// are not found.
func (t *Tokens) Find(secret string) (Token, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.load()
	if err != nil {
		return Token{}, false, err
	}
	want, now := []byte(digest(secret)), t.clock()
	for _, token := range all {
		// The time of comparing digests of random texts reveals nothing, but
		// constant time costs nothing either.
		if subtle.ConstantTimeCompare([]byte(token.Digest), want) != 1 {
			continue
		}
		if token.ended(now) {
			return Token{}, false, nil
		}
		t.used(token.ID, now)
		return token, true, nil
	}
	return Token{}, false, nil
}

// Verify implements Verifier.
func (t *Tokens) Verify(_ context.Context, secret string) (Bearer, error) {
	token, ok, err := t.Find(secret)
	switch {
	case err != nil:
		return Bearer{}, fault.Wrap(err, fault.Internal, "%v", err)
	case !ok:
		return Bearer{}, errNotGood
	}
	return Bearer{
		ID: token.ID, Name: token.Name, For: token.For, Expires: token.Expires, Token: token,
		While: func(ctx context.Context) (context.Context, context.CancelFunc) { return t.While(ctx, token.ID) },
	}, nil
}

// useStep is the precision of the last use.
const useStep = time.Minute

// used notes a use, and writes the file from time to time.
func (t *Tokens) used(id string, now time.Time) {
	if now.Sub(t.uses[id]) < useStep {
		return
	}
	t.uses[id] = now.UTC().Truncate(time.Second)
	// A use that can't be written now is written with the next one.
	_ = t.write(func(all []Token) ([]Token, error) { return all, nil })
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// load returns the tokens, and reads the file if it has changed.
func (t *Tokens) load() (all []Token, err error) {
	t.seen, err = t.file.Read(t.seen)
	return t.seen.Value, err
}

// idOfDigest is how many hexadecimal digits of the digest are the id of a token
// without one.
const idOfDigest = 32

// parseTokens reads a token file.
func parseTokens(text []byte) ([]Token, error) {
	var all []Token
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for i, t := range all {
		if t.Name == "" || len(t.Digest) != hex.EncodedLen(sha256.Size) {
			return nil, errors.New("a token lacks its name or its digest")
		}
		if t.ID == "" {
			all[i].ID = t.Digest[:idOfDigest] // made before tokens had ids
		}
		if known[all[i].ID] {
			return nil, fmt.Errorf("two tokens have the id %q", all[i].ID)
		}
		known[all[i].ID] = true
	}
	return all, nil
}

func (t *Tokens) change(f func([]Token) ([]Token, error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.write(f)
}

// write changes the file, and writes the last uses to it.
func (t *Tokens) write(f func([]Token) ([]Token, error)) error {
	seen, err := t.file.Change(context.Background(), func(all []Token) ([]Token, error) {
		all, err := f(all)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if use := t.uses[all[i].ID]; use.After(all[i].LastUse) {
				all[i].LastUse = use
			}
		}
		return all, nil
	})
	t.seen = seen
	return err
}
