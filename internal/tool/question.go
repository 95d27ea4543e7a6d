package tool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/hawser/hawser/internal/text"
)

// Question is what a person must know before saying yes.
type Question struct {
	Tool    string
	Summary string
	Effect  Effect
	Target  Target
	Subject string
	// Text is the question in plain English, in one line, with what is there
	// now where that was cheap to know. Every character of the names in it can
	// be seen.
	Text string
	// State is the exact state of what is acted on; it is for Bind alone.
	State string
}

// Bind names a call together with what a person was shown of it: a yes to one
// question is none to another, such as the same input in another account.
// Call is what CallDigest gives.
func (q Question) Bind(call string) string {
	raw, err := json.Marshal(q)
	if err != nil {
		return "" // plain texts; an empty digest is never asked about
	}
	sum := sha256.Sum256(append([]byte(call+"\x00"), raw...))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// question is what a person is asked about the call.
func (c *invocation) question(p Preview, target Target) Question {
	q := Question{
		Tool: c.tool.Name, Summary: c.tool.Summary, Effect: c.effect, Target: target, Subject: text.Visible(c.subject()), State: p.State,
	}
	does := p.Does
	if does == "" {
		does = c.tool.Summary
		if s := c.subject(); s != "" && s != "{}" {
			does += ": " + text.Name(s)
		}
	}
	q.Text = does + target.where() + "?"
	return q
}

// where is the place of a target in a sentence.
func (t Target) where() string {
	var parts []string
	for _, part := range []string{t.Account, t.Region} {
		if part != "" {
			parts = append(parts, text.Name(part))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " in " + strings.Join(parts, ", ")
}
