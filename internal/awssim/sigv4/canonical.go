package sigv4

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// canonicalRequest is the text that was signed.
func (s *Signature) canonicalRequest(r *http.Request, payloadHash string) string {
	rawPath, rawQuery, _ := strings.Cut(r.RequestURI, "?")
	if rawPath == "" || rawPath[0] != '/' { // absolute form, or a request not read off the wire
		rawPath, rawQuery = r.URL.EscapedPath(), r.URL.RawQuery
	}
	var b strings.Builder
	b.Grow(1024)
	b.WriteString(r.Method + "\n")
	b.WriteString(s.canonicalPath(rawPath) + "\n")
	b.WriteString(canonicalQuery(rawQuery) + "\n")
	for _, name := range s.SignedHeaders {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(s.SignedHeaders, ";") + "\n" + payloadHash)
	return b.String()
}

// canonicalPath encodes the path: for S3 once, as it is; for every other
// service normalised, and encoded again over the client's own encoding.
func (s *Signature) canonicalPath(raw string) string {
	if s.Service == "s3" || s.Service == "s3express" {
		decoded, err := url.PathUnescape(raw)
		if err != nil {
			return raw
		}
		return encode(decoded, true)
	}
	if strings.Contains(raw, "//") || strings.Contains(raw, "/.") {
		slash := strings.HasSuffix(raw, "/")
		if raw = path.Clean(raw); slash && raw != "/" {
			raw += "/"
		}
	}
	if raw == "" {
		raw = "/"
	}
	return encode(raw, true)
}

// canonicalQuery sorts and encodes the parameters, leaving out the signature.
func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var pairs [][2]string
	for part := range strings.SplitSeq(raw, "&") {
		k, v, _ := strings.Cut(part, "=")
		k, v = unescape(k), unescape(v)
		if part == "" || k == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, [2]string{encode(k, false), encode(v, false)})
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		if c := strings.Compare(a[0], b[0]); c != 0 {
			return c
		}
		return strings.Compare(a[1], b[1])
	})
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p[0] + "=" + p[1])
	}
	return b.String()
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// headerValue joins a header's values and collapses their white space. Go
// keeps some headers outside the map.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	case "transfer-encoding":
		return strings.Join(r.TransferEncoding, ",")
	}
	values := r.Header.Values(name)
	if len(values) == 1 && !strings.Contains(values[0], "  ") {
		return strings.TrimSpace(values[0])
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(out, ",")
}

// encode is AWS's UriEncode: all but A-Z a-z 0-9 - . _ ~ becomes %XX.
func encode(s string, keepSlash bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '-' || c == '.' || c == '_' || c == '~' || c == '/' && keepSlash {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}
