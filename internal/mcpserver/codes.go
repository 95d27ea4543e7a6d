package mcpserver

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// Codes keeps the one-time codes that confirm calls of clients that cannot ask a
// person. All processes that serve the same agent must share it.
type Codes interface {
	// Issue makes a code for a call and replaces an earlier one.
	Issue(ctx context.Context, call string) (string, error)
	// Redeem uses up a code. A wrong code uses up the right one too, so that it
	// cannot be guessed. The error is of kind Unconfirmed if the code is not
	// valid, and Conflict if the question about the call is another one by now.
	Redeem(ctx context.Context, call, code string) error
}

// NewCodes keeps codes in memory. Clock may be nil for time.Now.
func NewCodes(clock func() time.Time) Codes {
	if clock == nil {
		clock = time.Now
	}
	return &codes{clock: clock, issued: map[string]issued{}}
}

// codes implements Codes for one process.
type codes struct {
	clock func() time.Time

	mu     sync.Mutex
	issued map[string]issued // by tool.BoundCall
}

type issued struct {
	code  string
	call  string // as tool.Question.Bind returned it
	until time.Time
}

// codeLetters are easy to read aloud and hard to confuse.
const codeLetters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

// Issue implements Codes.
func (c *codes) Issue(_ context.Context, call string) (string, error) {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails, by its documentation
	for i, b := range raw {
		raw[i] = codeLetters[int(b)%len(codeLetters)]
	}
	code := string(raw[:4]) + "-" + string(raw[4:])
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, i := range c.issued {
		if now.After(i.until) {
			delete(c.issued, k)
		}
	}
	c.issued[tool.BoundCall(call)] = issued{code: code, call: call, until: now.Add(tool.ConsentTime)}
	return code, nil
}

// Redeem implements Codes.
func (c *codes) Redeem(_ context.Context, call, code string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.issued[tool.BoundCall(call)]
	delete(c.issued, tool.BoundCall(call))
	code = strings.ToUpper(strings.TrimSpace(code))
	if !found || c.clock().After(i.until) || subtle.ConstantTimeCompare([]byte(i.code), []byte(code)) != 1 {
		return fault.New(fault.Unconfirmed, "this code does not confirm this call").At(codeField).
			WithCause("it was used, has expired, belongs to another call, or is wrong").
			WithFix("call without %s to have a new one written to the server's terminal", codeField)
	}
	if i.call != call {
		return tool.ErrShownChanged().At(codeField)
	}
	return nil
}
