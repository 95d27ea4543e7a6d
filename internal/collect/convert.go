package collect

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/policy"
)

// UTC returns a time as bodies have it: in UTC, to the second, zero for none.
func UTC(t *time.Time) time.Time {
	if t == nil || t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// Document decodes a policy document as AWS answers it, URL-encoded or not. Raw is
// what a body has of it: the document, or a JSON string with its text where that is
// not JSON. The error says why the document is not understood; there is raw then too.
func Document(text *string) (raw json.RawMessage, doc *policy.Document, err error) {
	if text == nil {
		return nil, nil, nil
	}
	plain := *text
	if !strings.HasPrefix(strings.TrimSpace(plain), "{") {
		if decoded, err := url.PathUnescape(plain); err == nil && utf8.ValidString(decoded) {
			plain = decoded
		}
	}
	doc, err = policy.Parse([]byte(plain))
	if json.Valid([]byte(plain)) {
		return json.RawMessage(plain), doc, err
	}
	raw, marshalled := json.Marshal(plain)
	return raw, nil, errors.Join(err, marshalled)
}
