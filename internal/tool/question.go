package tool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// Question is what a person must know before confirming a call.
type Question struct {
	Tool    string
	Summary string
	Effect  Effect
	Target  Target
	Subject string
	// Text is the question in plain English, in one line. It names the resources that
	// exist now where a preview read them. Every character of the names in it is
	// visible.
	Text string
	// State is the exact state of what the call acts on. Only Bind uses it.
	State string
}

// Bind returns the digest of a call with that of the question that a person was shown.
// With it a confirmation of one question is not valid for another, such as the same
// input in another account. call is the result of CallDigest.
func (q Question) Bind(call string) string {
	raw, err := json.Marshal(q)
	if err != nil {
		return "" // plain texts; an empty digest is never asked about
	}
	sum := sha256.Sum256(append([]byte(call+"\x00"), raw...))
	return call + "." + base64.RawURLEncoding.EncodeToString(sum[:])
}

// BoundCall returns the digest of the call of what Bind returned.
func BoundCall(bound string) string {
	call, _, _ := strings.Cut(bound, ".")
	return call
}

// ErrShownChanged is the fault of a confirmation of the same call whose question would be
// another one by now.
func ErrShownChanged() *fault.Error {
	return fault.New(fault.Conflict, "what this call would act on has changed since it was shown").
		WithCause("the confirmation is for what was there, or for the account and region, when the question was asked").
		WithFix("call without the confirmation, and confirm what is asked then")
}

// question returns the question that a person is asked about the call.
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

// where writes a target as a part of a sentence.
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
