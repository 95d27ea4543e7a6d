package tool

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// ConsentTime is how long a question to a person stays open.
const ConsentTime = 10 * time.Minute

// Consent signs questions to people, for doors that ask in one request and get the
// answer in another. A confirmation is valid once, for one call by the same caller with
// the same input, within ConsentTime. Consent keeps its state in memory, so it serves
// one process. It is safe for concurrent use.
type Consent struct {
	key   []byte
	clock func() time.Time

	mu    sync.Mutex
	spent map[string]time.Time // nonces of answered questions, until they expire
}

// NewConsent makes a Consent with a new key, so its signatures are not valid after a
// restart. Clock may be nil for time.Now.
func NewConsent(clock func() time.Time) *Consent {
	if clock == nil {
		clock = time.Now
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, by its documentation
	return &Consent{key: key, clock: clock, spent: map[string]time.Time{}}
}

// CallDigest returns the digest of a caller, the name of a tool and its input. It
// identifies the call for Ask and Take.
func CallDigest(caller, name string, input json.RawMessage) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(caller), []byte(name), canonical(input)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// canonical returns JSON with sorted members and without blanks. Numbers stay as they
// are written.
func canonical(input json.RawMessage) []byte {
	decoder := json.NewDecoder(bytes.NewReader(input))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return input
	}
	out, err := json.Marshal(v)
	if err != nil {
		return input
	}
	return out
}

// question is the content of a signed question.
type question struct {
	Call  string `json:"s"`
	Nonce string `json:"n"`
	Until int64  `json:"u"`
}

// Ask signs a question about a call. The door passes the text to Take when the person
// has confirmed.
func (c *Consent) Ask(_ context.Context, call string) (string, error) {
	body, err := json.Marshal(question{Call: call, Nonce: rand.Text(), Until: c.clock().Add(ConsentTime).Unix()})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(c.mac(text)), nil
}

func (c *Consent) mac(text string) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Take accepts the answer to a question, once. The error is Unconfirmed if the question
// was not asked here, is about another call, was answered before, or has expired. It is
// a Conflict if the question about this call is another one by now.
func (c *Consent) Take(_ context.Context, call, text string) error {
	q, ok := c.verify(text)
	if !ok || BoundCall(q.Call) != BoundCall(call) {
		return fault.New(fault.Unconfirmed, "this confirmation is not for this call").
			WithCause("it was given for another call, input or caller, or by another server").WithFix("call without it, and confirm what is asked then")
	}
	if q.Call != call {
		return ErrShownChanged()
	}
	if !c.spend(q.Nonce, time.Unix(q.Until, 0)) {
		return fault.New(fault.Unconfirmed, "this confirmation was already used, or has expired").WithFix("call without it, and confirm what is asked then")
	}
	return nil
}

// Asked reports whether this Consent signed the question.
func (c *Consent) Asked(text string) bool {
	_, ok := c.verify(text)
	return ok
}

func (c *Consent) verify(text string) (q question, ok bool) {
	body, mac, found := strings.Cut(text, ".")
	got, err := base64.RawURLEncoding.DecodeString(mac)
	if !found || err != nil || !hmac.Equal(got, c.mac(body)) {
		return q, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	return q, err == nil && json.Unmarshal(raw, &q) == nil
}

// spend reports false for a question that was answered or has expired.
func (c *Consent) spend(nonce string, until time.Time) bool {
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, end := range c.spent {
		if now.After(end) {
			delete(c.spent, n)
		}
	}
	if _, used := c.spent[nonce]; used || now.After(until) {
		return false
	}
	c.spent[nonce] = until
	return true
}
