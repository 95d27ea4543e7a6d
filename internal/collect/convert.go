package collect

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// UTC returns a time as bodies have it: in UTC, to the second, zero for none.
func UTC(t *time.Time) time.Time {
	if t == nil || t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// Document decodes a policy document as AWS answers it, URL-encoded or not.
func Document(text *string) (json.RawMessage, error) {
	if text == nil {
		return nil, nil
	}
	plain := *text
	if !strings.HasPrefix(strings.TrimSpace(plain), "{") {
		decoded, err := url.PathUnescape(plain)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a policy document from IAM is not URL-encoded")
		}
		plain = decoded
	}
	if !json.Valid([]byte(plain)) {
		return nil, fault.New(fault.Internal, "a policy document from IAM is not JSON")
	}
	return json.RawMessage(plain), nil
}
