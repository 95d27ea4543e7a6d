package sigv4

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Body is a request's body with its promise checked as it is read: the last
// Read gives an *Error in place of io.EOF where hash, chunk signatures or
// length are not what was signed. What was read before then must not be kept.
type Body struct {
	io.Reader
	// Length is the body's length without chunk framing, -1 where unknown.
	Length int64

	closer  io.Closer
	trailer http.Header
}

// Close closes the connection's side of the body.
func (b *Body) Close() error { return b.closer.Close() }

// Trailer gives the headers sent after an aws-chunked body, once it is read.
func (b *Body) Trailer() http.Header { return b.trailer }

// Open wraps a request's body after its payload marker: x-amz-content-sha256
// or, where absent, UnsignedPayload. key is the signing key; nil for an
// unsigned request, whose chunk signatures are then not checked.
func Open(r *http.Request, s *Signature, key []byte, payloadHash string) (*Body, error) {
	b := &Body{Reader: r.Body, Length: r.ContentLength, closer: r.Body, trailer: make(http.Header)}
	switch {
	case payloadHash == UnsignedPayload:
	case strings.HasPrefix(payloadHash, "STREAMING-"):
		length, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil || length < 0 {
			return nil, refuse(LengthInvalid, "the x-amz-decoded-content-length header is missing or no number")
		}
		c := &chunkReader{in: bufio.NewReaderSize(r.Body, 64<<10), left: length, hash: sha256.New(), trailer: b.trailer}
		if strings.HasPrefix(payloadHash, "STREAMING-"+algorithm+"-PAYLOAD") {
			if s != nil && key != nil {
				c.key, c.date, c.scope, c.previous = key, s.Date.Format(dateLayout), s.Scope(), s.signature
			}
		} else if payloadHash != "STREAMING-UNSIGNED-PAYLOAD-TRAILER" {
			return nil, refuse(Malformed, "x-amz-content-sha256 %q is not supported", payloadHash)
		}
		b.Reader, b.Length = c, length
	case len(payloadHash) == 2*sha256.Size:
		b.Reader = &hashReader{in: r.Body, hash: sha256.New(), want: strings.ToLower(payloadHash)}
	default:
		return nil, refuse(Malformed, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-... or a SHA-256 in hex")
	}
	return b, nil
}

// hashReader compares a body with its hash at the end.
type hashReader struct {
	in   io.Reader
	hash hash.Hash
	want string
}

func (h *hashReader) Read(p []byte) (int, error) {
	n, err := h.in.Read(p)
	h.hash.Write(p[:n])
	if err == io.EOF { // io.Reader's contract is the bare value
		got := hex.EncodeToString(h.hash.Sum(nil))
		if subtle.ConstantTimeCompare([]byte(got), []byte(h.want)) != 1 {
			return n, refuse(HashMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	return n, err
}
