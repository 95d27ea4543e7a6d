package s3

import (
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// encodedMetadata returns metadata as headers can carry it. S3 takes US-ASCII
// alone; it decodes other characters that are written as RFC 2047 says, and
// answers with them written so.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
func encodedMetadata(metadata map[string]string) map[string]string {
	return mapped(metadata, func(value string) string { return mime.BEncoding.Encode("UTF-8", value) })
}

// decodedMetadata returns metadata as it was meant. What is not written as RFC
// 2047 says stays as it is.
func decodedMetadata(metadata map[string]string) map[string]string {
	return mapped(metadata, func(value string) string {
		plain, err := new(mime.WordDecoder).DecodeHeader(value)
		if err != nil {
			return value
		}
		return plain
	})
}

func mapped(metadata map[string]string, change func(string) string) map[string]string {
	if metadata == nil {
		return nil
	}
	changed := make(map[string]string, len(metadata))
	for name, value := range metadata {
		changed[name] = change(value)
	}
	return changed
}

// headerName matches a valid name of a header.
// https://www.rfc-editor.org/rfc/rfc9110#name-tokens
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// checkMetadata refuses names and values that no header can carry.
func checkMetadata(metadata map[string]string) error {
	if one, other, ok := text.DifferInCase(slices.Collect(maps.Keys(metadata))); ok {
		return fault.New(fault.Invalid, "the metadata names %s and %s differ in case alone", one, other).At("metadata").
			WithCause("S3 keeps names in lower case, so that only one of the values would be kept").WithFix("give one of the two")
	}
	for _, name := range slices.Sorted(maps.Keys(metadata)) {
		if !headerName.MatchString(name) {
			return fault.New(fault.Invalid, "%q is not a valid metadata name", name).At("metadata").
				WithCause("names are sent as HTTP headers").WithFix("use ASCII letters, digits and hyphens in names; values may hold any character")
		}
		if value := metadata[name]; changesInHeader(value) {
			return fault.New(fault.Invalid, "the metadata %s would not be kept as it is", name).At("metadata").
				WithCause("values of ASCII characters are sent as HTTP headers, which lose blanks at their ends, and S3 decodes words in the form of RFC 2047").
				WithFix("leave out blanks at the ends, and =?charset?B?...?= words")
		}
		if strings.ContainsFunc(metadata[name], unicode.IsControl) {
			return fault.New(fault.Invalid, "the metadata %s holds control characters", name).At("metadata").
				WithCause("values are sent as HTTP headers, which have one line").WithFix("leave line breaks and control characters out")
		}
	}
	return nil
}

// changesInHeader reports whether a value that is sent as it is would come back as
// another one. Values with other characters than ASCII's are sent encoded.
func changesInHeader(value string) bool {
	if mime.BEncoding.Encode("UTF-8", value) != value {
		return false
	}
	plain, err := new(mime.WordDecoder).DecodeHeader(value)
	return err == nil && plain != value || strings.TrimSpace(value) != value
}

// checkHeader refuses what S3 does not take in a header.
func checkHeader(field, value string) error {
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	if !strings.ContainsFunc(value, odd) {
		return nil
	}
	return fault.New(fault.Invalid, "%s %q holds characters that are not printable ASCII", field, value).At(field).
		WithCause("it is sent as an HTTP header, and S3 answers other characters with SignatureDoesNotMatch").WithFix("use only printable ASCII characters")
}
