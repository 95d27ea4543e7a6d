package awssim

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/awssim/sigv4"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// authenticate finds out who signed the request, wraps its body so that it is
// checked as it is read, and sets the call's principal.
func (w *World) authenticate(c *Call, req *wire.Request, sig *sigv4.Signature) error {
	if sig == nil {
		return w.anonymous(c, req)
	}
	cred := w.credential(sig.AccessKeyID)
	if cred == nil || !w.usable(cred) || cred.Principal.Account.Partition != PartitionOf(sig.Region) {
		return c.Service.refuse(req.Protocol, unknownKey, "").With("AWSAccessKeyId", sig.AccessKeyID)
	}
	key := w.signing.Key(cred.SecretAccessKey, sig)
	hash := w.payloadHash(c, sig)
	err := sig.CheckTime(w.Clock.Wall())
	if err == nil {
		err = sig.Verify(c.Request, key, hash)
	}
	if err != nil {
		return c.refuseSignature(req.Protocol, err)
	}
	if err := c.checkSigned(sig); err != nil {
		return err
	}
	if err := w.checkToken(c, req.Protocol, cred, sig.Token); err != nil {
		return err
	}
	w.used(cred, c)
	c.Principal, c.Account, c.Temporary = cred.Principal, cred.Principal.Account, cred.SessionToken != ""
	c.Credential = cred
	if err := c.barTemporary(); err != nil {
		return err
	}
	return c.openBody(req.Protocol, sig, key, hash)
}

// usable reports whether a key is active and known by now, in an account that is not
// closed.
func (w *World) usable(cred *Credential) bool {
	return !cred.Inactive && !w.Clock.Now().Before(cred.known) && !cred.Principal.Account.Closed()
}

// checkSigned refuses headers that were added to a signed request to S3. Other services
// accept them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
func (c *Call) checkSigned(sig *sigv4.Signature) error {
	if c.Service.Model != "s3" {
		return nil
	}
	names := sig.Unsigned(c.Request.Header)
	if len(names) == 0 {
		return nil
	}
	e := &Error{Code: "AccessDenied", Message: "There were headers present in the request which were not signed", Status: http.StatusForbidden}
	return e.With("HeadersNotSigned", strings.Join(names, ", "))
}

// checkToken compares the session token and its end.
func (w *World) checkToken(c *Call, p wire.Protocol, cred *Credential, token string) error {
	if subtle.ConstantTimeCompare([]byte(cred.SessionToken), []byte(token)) != 1 {
		return c.Service.refuse(p, badToken, "")
	}
	if !cred.Expires.IsZero() && !w.Clock.Now().Before(cred.Expires) {
		return c.Service.refuse(p, expiredToken, "")
	}
	return nil
}

// anonymous lets calls pass whose model asks for no signature, and those that the
// service itself decides about.
func (w *World) anonymous(c *Call, req *wire.Request) error {
	if c.Request.URL.Query().Has("AWSAccessKeyId") { // version 2, as in S3's newer regions
		return &Error{Code: "InvalidRequest", Message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.", Status: http.StatusBadRequest}
	}
	if req.Op.AuthType != "none" && (c.Service.Anonymous == nil || !c.Service.Anonymous(req.Op.Name)) {
		return c.Service.refuse(req.Protocol, missingAuth, "")
	}
	return c.openBody(req.Protocol, nil, nil, sigv4.UnsignedPayload)
}

// payloadHash returns what the client says of the body, or for services that need
// not say it, the hash of the body, which was read already.
func (w *World) payloadHash(c *Call, sig *sigv4.Signature) string {
	if h := c.Request.Header.Get("X-Amz-Content-Sha256"); h != "" {
		return h
	}
	if sig.Presigned && sig.Service == "s3" {
		return sigv4.UnsignedPayload
	}
	h := sha256.New()
	if b, ok := c.Request.Body.(*buffered); ok {
		h.Write(b.whole)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// openBody puts the checked body in place of the raw one, and tells the
// decoded length.
func (c *Call) openBody(p wire.Protocol, sig *sigv4.Signature, key []byte, hash string) error {
	if b, ok := c.Request.Body.(*buffered); ok {
		return c.checkBuffered(p, b, hash)
	}
	body, err := sigv4.Open(c.Request, sig, key, hash)
	if err != nil {
		return c.refuseSignature(p, err)
	}
	c.body = body
	c.Request.Body = &checkedBody{body, c, p}
	c.Request.ContentLength = body.Length
	if body.Length >= 0 {
		c.Request.Header.Set("Content-Length", strconv.FormatInt(body.Length, 10))
	}
	return nil
}

// checkBuffered compares a body that was read already with its hash.
func (c *Call) checkBuffered(p wire.Protocol, b *buffered, hash string) error {
	if len(hash) != 2*sha256.Size {
		return nil // UNSIGNED-PAYLOAD: the signature does not cover the body
	}
	got := sha256.Sum256(b.whole)
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(got[:])), []byte(hash)) != 1 {
		return c.refuseSignature(p, &sigv4.Error{Reason: sigv4.Mismatch, Detail: "The request's body is not the one whose hash was signed."})
	}
	return nil
}

// buffered is a body read into memory, unpacked where the client compressed
// it; whole is what was sent and signed.
type buffered struct {
	bytes.Reader
	whole []byte
}

func newBuffered(whole, plain []byte) *buffered {
	buf := &buffered{whole: whole}
	buf.Reset(plain)
	return buf
}

func (b *buffered) Close() error { return nil }

// checkedBody is a body whose wrong length, hash or signature becomes the service's own
// error.
type checkedBody struct {
	*sigv4.Body
	c *Call
	p wire.Protocol
}

func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.Body.Read(p)
	if err == nil || err == io.EOF { //nolint:errorlint // io.Reader's contract is the bare value
		return n, err
	}
	var bad *sigv4.Error
	if errors.As(err, &bad) {
		return n, b.c.refuseSignature(b.p, bad)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return n, &Error{Code: "IncompleteBody", Message: "You did not provide the number of bytes specified by the Content-Length HTTP header", Status: http.StatusBadRequest}
	}
	return n, err
}

// refuseSignature returns a refused signature as the service's answer.
func (c *Call) refuseSignature(p wire.Protocol, err error) error {
	var bad *sigv4.Error
	if !errors.As(err, &bad) {
		return err
	}
	s3 := p == wire.RESTXML
	switch {
	case s3 && bad.Reason == sigv4.BadQuery:
		return &Error{Code: "AuthorizationQueryParametersError", Message: bad.Detail, Status: http.StatusBadRequest}
	case bad.Reason == sigv4.Malformed || bad.Reason == sigv4.BadQuery:
		return c.Service.refuse(p, malformedAuth, bad.Detail)
	case s3 && bad.Reason == sigv4.HashMismatch:
		return &Error{Code: "XAmzContentSHA256Mismatch", Message: bad.Detail, Status: http.StatusBadRequest}
	case s3 && bad.Reason == sigv4.LengthInvalid:
		return &Error{Code: "IncompleteBody", Message: bad.Detail, Status: http.StatusBadRequest}
	case s3 && bad.Reason == sigv4.Expired:
		return c.Service.refuse(p, accessDenied, bad.Detail)
	case s3 && (bad.Reason == sigv4.TooEarly || bad.Reason == sigv4.TooLate):
		return c.Service.refuse(p, outsideTime, "").
			With("ServerTime", c.World.Clock.Wall().Format("2006-01-02T15:04:05Z")).
			With("RequestTime", c.Request.Header.Get("X-Amz-Date")).
			With("MaxAllowedSkewMilliseconds", "900000")
	case bad.Reason == sigv4.TooEarly || bad.Reason == sigv4.TooLate || bad.Reason == sigv4.Expired:
		return c.Service.refuse(p, outsideTime, detail(p, bad))
	}
	return c.Service.refuse(p, badSignature, detail(p, bad))
}

// detail returns the detail of a refused signature. It is empty for EC2, whose texts are
// fixed.
func detail(p wire.Protocol, bad *sigv4.Error) string {
	if p == wire.EC2 {
		return ""
	}
	return bad.Detail
}
