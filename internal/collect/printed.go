package collect

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// Printed is a file with what the aws CLI printed.
type Printed struct {
	io.Reader
	AsOf time.Time // when AWS was asked
}

// Decode reads the JSON object of a file into a value of the SDK's types. It reads UTF-8
// and UTF-16, as PowerShell writes it, policy documents that are objects or text, and
// times that are text or seconds, as versions of the CLI print them. It refuses one page
// of several.
func (p Printed) Decode(into any) error {
	raw, err := io.ReadAll(transform.NewReader(p, unicode.BOMOverride(unicode.UTF8.NewDecoder())))
	if err != nil {
		return err
	}
	whole, err := strictjson.Object(raw)
	if err != nil {
		return err
	}
	for _, name := range []string{"Marker", "NextToken"} {
		if token, ok := whole[name]; ok && token != nil && token != "" {
			return errPage
		}
	}
	if whole["IsTruncated"] == true {
		return errPage
	}
	if raw, err = json.Marshal(asSDK("", whole)); err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

var errPage = errors.New("it is one page of several, since the CLI was called with --max-items or --no-paginate")

// documents are the members that hold policy documents.
var documents = []string{"AssumeRolePolicyDocument", "PolicyDocument", "Document"}

// asSDK turns what the CLI prints into what the SDK's types hold: policy documents are
// text, whatever they are, and so are times.
func asSDK(name string, v any) any {
	if _, isText := v.(string); !isText && v != nil && slices.Contains(documents, name) {
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = asSDK(name, v[i])
		}
	case map[string]any:
		for member, value := range v {
			v[member] = asSDK(member, value)
		}
	case json.Number:
		if strings.HasSuffix(name, "Date") || strings.HasSuffix(name, "Timestamp") {
			if at, ok := ofSeconds(v.String()); ok {
				return at.Format(time.RFC3339Nano)
			}
		}
	}
	return v
}

// ofSeconds reads seconds since 1970, with a fraction or without.
func ofSeconds(text string) (time.Time, bool) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(seconds) > 1<<40 {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}

// NotListed is why a facet of a file is held: a list that it is read from has no item.
// A filter leaves no other mark.
func NotListed(list string) error {
	return fault.New(fault.Partial, "the file has no %s: there may be none, or they were left out", list).
		WithFix("write the file again with the whole answer of the aws CLI, if there are any")
}
