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

// Token is a bearer token as it is kept: its digest, not itself.
type Token struct {
	// ID is the token's identity: rights, sessions and kept answers are its own,
	// and do not pass to a later token of the same name.
	ID       string      `json:"id,omitempty"`
	Name     string      `json:"name" column:"TOKEN"`
	Tools    []string    `json:"tools,omitempty" column:"TOOLS"`
	ReadOnly bool        `json:"read_only,omitempty" column:"READ-ONLY"`
	Role     caller.Role `json:"role" column:"ROLE"`
	// Agent is the profile of the AI agent whose token this is; only the door
	// for agents takes it. For is on whose behalf its holder works.
	Agent   string    `json:"agent,omitempty" column:"AGENT"`
	For     string    `json:"for,omitempty" column:"FOR"`
	Created time.Time `json:"created" column:"CREATED"`
	Expires time.Time `json:"expires,omitzero" column:"EXPIRES"`
	LastUse time.Time `json:"last_use,omitzero" column:"LAST USE"`
	Digest  string    `json:"sha256,omitempty"`
}

// ended tells whether the token is past its end.
func (t Token) ended(now time.Time) bool { return !t.Expires.IsZero() && now.After(t.Expires) }

// Guard is what the token's holder is kept to.
func (t Token) Guard() tool.Guard {
	return tool.Guard{Allow: t.Tools, ReadOnly: t.ReadOnly}.From(tool.Origin{
		Names: map[string]string{"allow": "the tools of the token " + t.Name, "read_only": "read_only of the token " + t.Name},
		Fix:   "have another token made in its place: hawser token create",
	})
}

// Tokens are the bearer tokens in a file, which several processes may use: each
// reads it anew when it changes. It is safe for concurrent use.
type Tokens struct {
	file  jsonfile.File[[]Token]
	clock func() time.Time

	mu   sync.Mutex
	seen jsonfile.Seen[[]Token] // the file as it was read last
	uses map[string]time.Time   // by id, last uses that are not in the file yet
}

// tokenPrefix begins every token, so that scanners of secrets know one.
const tokenPrefix = "hawser_"

// OpenTokens uses the file at path, which need not exist yet.
func OpenTokens(path string, clock func() time.Time) *Tokens {
	if clock == nil {
		clock = time.Now
	}
	file := jsonfile.File[[]Token]{Path: path, Name: "tokens", Secret: true, Parse: parseTokens, Remedy: "remove it and create the tokens anew"}
	return &Tokens{file: file, clock: clock, uses: map[string]time.Time{}}
}

// Create makes a token and returns its secret, which is not kept.
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

// List gives the tokens, without their digests.
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

// Find gives the token of a secret, and notes its use. It is not found once it
// was revoked or has ended.
func (t *Tokens) Find(secret string) (Token, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all, err := t.load()
	if err != nil {
		return Token{}, false, err
	}
	want, now := []byte(digest(secret)), t.clock()
	for _, token := range all {
		// The digests of random texts tell nothing by the time it takes, but
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

// useStep is how exactly the last use is kept.
const useStep = time.Minute

// used notes a use; the file gets it now and then.
func (t *Tokens) used(id string, now time.Time) {
	if now.Sub(t.uses[id]) < useStep {
		return
	}
	t.uses[id] = now.UTC().Truncate(time.Second)
	// What can't be written now is with the next use.
	_ = t.write(func(all []Token) ([]Token, error) { return all, nil })
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// load gives the tokens, and reads the file where it changed.
func (t *Tokens) load() (all []Token, err error) {
	t.seen, err = t.file.Read(t.seen)
	return t.seen.Value, err
}

// idOfDigest is how much of its digest is the id of a token without one, in
// hexadecimal digits.
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

// write changes the file, and notes the last uses in it.
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
