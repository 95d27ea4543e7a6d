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

// Consent signs questions to people, for doors that ask them in one request and
// hear them in another. A yes is to one call, by the same caller and with the
// same input, once, within ConsentTime. It is kept in memory, and so is of one
// process. It is safe for concurrent use.
type Consent struct {
	key   []byte
	clock func() time.Time

	mu    sync.Mutex
	spent map[string]time.Time // nonces of answered questions, until they end
}

// NewConsent makes a Consent with a key of its own: what it signed counts for
// nothing after a restart. Clock may be nil for time.Now.
func NewConsent(clock func() time.Time) *Consent {
	if clock == nil {
		clock = time.Now
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, by its documentation
	return &Consent{key: key, clock: clock, spent: map[string]time.Time{}}
}

// CallDigest is the digest of a caller, the name of a tool and its input. It names the
// call for Ask and Take.
func CallDigest(caller, name string, input json.RawMessage) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(caller), []byte(name), canonical(input)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// canonical is JSON whose members stand in one order, without blanks. Numbers
// stay as they are written.
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

// question is what a question carries out and back.
type question struct {
	Call  string `json:"s"`
	Nonce string `json:"n"`
	Until int64  `json:"u"`
}

// Ask signs a question about a call. Whoever asked hands the text to Take
// with the person's yes.
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

// Take uses a question up. The error is Unconfirmed where the question was not
// asked here, is about another call, was answered before, or has ended.
func (c *Consent) Take(_ context.Context, call, text string) error {
	q, ok := c.verify(text)
	if !ok || q.Call != call {
		return fault.New(fault.Unconfirmed, "this confirmation is not of this call").
			WithCause("it was made for another call, input or caller, or not here").WithFix("call without it, and confirm what is asked then")
	}
	if !c.spend(q.Nonce, time.Unix(q.Until, 0)) {
		return fault.New(fault.Unconfirmed, "this confirmation was given before, or too late").WithFix("call without it, and confirm what is asked then")
	}
	return nil
}

// Asked tells whether a question is one of this Consent's, as it was signed.
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

// spend gives false for a question that was answered or has ended.
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
