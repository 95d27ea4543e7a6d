// Package sigv4 checks AWS Signature Version 4 from the server's side: header
// and query (presigned) authentication, and the signed chunks of aws-chunked
// bodies. It follows "AWS Signature Version 4 for API requests" in the IAM
// User Guide and "Authenticating Requests" in the S3 API reference.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reason says why a signature was refused.
type Reason int

// The reasons, in the order in which they are looked for.
const (
	Malformed     Reason = iota + 1 // the authentication can't be read
	BadQuery                        // the same of a presigned URL
	TooEarly                        // signed more than MaxSkew ahead of the clock
	TooLate                         // signed more than MaxSkew behind the clock
	Expired                         // a presigned URL's time is over
	Mismatch                        // the signature is another
	HashMismatch                    // the body is not what was signed
	LengthInvalid                   // the decoded length is missing or wrong
)

// Error is a refused signature. Detail is for the caller and holds no secret.
type Error struct {
	Reason Reason
	Detail string
}

func (e *Error) Error() string { return "sigv4: " + e.Detail }

func refuse(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Detail: fmt.Sprintf(format, args...)}
}

// MaxSkew is how far a request's time may lie from the server's.
const MaxSkew = 15 * time.Minute

// UnsignedPayload stands in place of a body's hash that was not signed.
const UnsignedPayload = "UNSIGNED-PAYLOAD"

const (
	algorithm  = "AWS4-HMAC-SHA256"
	dateLayout = "20060102T150405Z"
	maxExpires = 7 * 24 * 60 * 60
	// usualExpires is how many seconds a URL is valid that does not say it.
	usualExpires = "900"
)

// Signature is a request's authentication as the client sent it.
type Signature struct {
	AccessKeyID   string
	Token         string // session token, empty for long-lived keys
	Date          time.Time
	Region        string
	Service       string
	SignedHeaders []string
	Presigned     bool
	Expires       time.Duration // of a presigned URL

	day       string
	signature string
}

// Parse reads a request's authentication. It gives nil and no error for a
// request that has none.
func Parse(r *http.Request) (*Signature, error) {
	if auth := r.Header.Get("Authorization"); strings.HasPrefix(auth, algorithm) {
		return parseHeader(r, auth)
	}
	if strings.Contains(r.URL.RawQuery, "X-Amz-Algorithm=") {
		return parseQuery(r.URL.Query())
	}
	return nil, nil
}

// parseHeader reads "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=...,
// Signature=...".
func parseHeader(r *http.Request, auth string) (*Signature, error) {
	fields := make(map[string]string, 3)
	for part := range strings.SplitSeq(strings.TrimPrefix(auth, algorithm), ",") {
		k, v, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || fields[k] != "" {
			return nil, refuse(Malformed, "Authorization header has a part that is not of the form key=value, or one twice")
		}
		fields[k] = v
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		if t, err := http.ParseTime(r.Header.Get("Date")); err == nil {
			date = t.UTC().Format(dateLayout)
		}
	}
	s := &Signature{Token: r.Header.Get("X-Amz-Security-Token")}
	return s, s.fill(fields["Credential"], fields["SignedHeaders"], fields["Signature"], date)
}

func parseQuery(q url.Values) (*Signature, error) {
	if q.Get("X-Amz-Algorithm") != algorithm {
		return nil, refuse(BadQuery, "X-Amz-Algorithm only supports %q", algorithm)
	}
	s := &Signature{Token: q.Get("X-Amz-Security-Token"), Presigned: true}
	if err := s.fill(q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature"), q.Get("X-Amz-Date")); err != nil {
		return nil, err
	}
	expires := usualExpires
	switch {
	case q.Has("X-Amz-Expires"):
		expires = q.Get("X-Amz-Expires")
	case s.Service == "s3": // other services take URLs without it
		return s, refuse(BadQuery, "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "+
			"X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
	}
	n, err := strconv.Atoi(expires)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return s, refuse(BadQuery, "X-Amz-Expires should be a number")
	case n < 0:
		return s, refuse(BadQuery, "X-Amz-Expires must be non-negative")
	case n > maxExpires:
		return s, refuse(BadQuery, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than %d seconds", maxExpires)
	}
	s.Expires = time.Duration(n) * time.Second
	return s, nil
}

// malformed is the reason for authentication that can't be read.
func (s *Signature) malformed() Reason {
	if s.Presigned {
		return BadQuery
	}
	return Malformed
}

// fill takes the credential scope and the rest apart.
func (s *Signature) fill(credential, signed, signature, date string) error {
	scope := strings.Split(credential, "/")
	if len(scope) < 5 || scope[len(scope)-1] != "aws4_request" {
		return refuse(s.malformed(), "the Credential must have the form <key>/<yyyymmdd>/<region>/<service>/aws4_request")
	}
	n := len(scope)
	s.AccessKeyID = strings.Join(scope[:n-4], "/")
	s.day, s.Region, s.Service = scope[n-4], scope[n-3], scope[n-2]
	s.SignedHeaders = strings.Split(strings.ToLower(signed), ";")
	s.signature = signature
	if !slices.Contains(s.SignedHeaders, "host") {
		return refuse(s.malformed(), "host must be among the SignedHeaders")
	}
	if len(signature) != 2*sha256.Size {
		return refuse(s.malformed(), "the Signature must be 64 hexadecimal digits")
	}
	var err error
	if s.Date, err = time.Parse(dateLayout, date); err != nil {
		return refuse(s.malformed(), "the request's date is missing or has not the form yyyymmddThhmmssZ")
	}
	if !strings.HasPrefix(date, s.day) {
		return refuse(s.malformed(), "the date in the credential scope is not the request's date")
	}
	return nil
}

// Unsigned returns the x-amz-* headers that a request has and the signature does not
// cover. The body's hash is part of every signature, signed as a header or not.
func (s *Signature) Unsigned(h http.Header) []string {
	var names []string
	for name := range h {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && name != "x-amz-content-sha256" && !slices.Contains(s.SignedHeaders, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Scope is the credential scope.
func (s *Signature) Scope() string {
	return s.day + "/" + s.Region + "/" + s.Service + "/aws4_request"
}

// CheckTime compares the signature's time with now.
func (s *Signature) CheckTime(now time.Time) error {
	signed, at := s.Date.Format(dateLayout), now.UTC().Format(dateLayout)
	switch {
	case s.Date.After(now.Add(MaxSkew)):
		return refuse(TooEarly, "Signature not yet current: %s is still later than %s (%s + 15 min.)", signed, now.Add(MaxSkew).UTC().Format(dateLayout), at)
	case s.Presigned && now.After(s.Date.Add(s.Expires)):
		return refuse(Expired, "Request has expired")
	case !s.Presigned && s.Date.Before(now.Add(-MaxSkew)):
		return refuse(TooLate, "Signature expired: %s is now earlier than %s (%s - 15 min.)", signed, now.Add(-MaxSkew).UTC().Format(dateLayout), at)
	}
	return nil
}

// Verify compares the signature with the one that key gives for the request,
// in constant time. payloadHash is what the client says of the body: a hash in
// hex or one of the literal markers.
func (s *Signature) Verify(r *http.Request, key []byte, payloadHash string) error {
	canonical := sha256.Sum256([]byte(s.canonicalRequest(r, payloadHash)))
	text := algorithm + "\n" + s.Date.Format(dateLayout) + "\n" + s.Scope() + "\n" + hex.EncodeToString(canonical[:])
	want := hex.EncodeToString(sum(key, text))
	if subtle.ConstantTimeCompare([]byte(want), []byte(s.signature)) != 1 {
		return refuse(Mismatch, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	return nil
}

func sum(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
