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

// chunkReader reads an aws-chunked body: chunks of "size;chunk-signature=sig",
// each signed over the one before, and trailers after the last.
type chunkReader struct {
	in      *bufio.Reader
	left    int64 // of the whole decoded body
	chunk   int64 // of the current chunk
	open    bool  // a chunk was begun and not ended
	hash    hash.Hash
	trailer http.Header
	err     error

	// Empty where chunks are not signed.
	key                                   []byte
	date, scope, previous, chunkSignature string
}

const maxLine = 8 << 10

func (c *chunkReader) Read(p []byte) (int, error) {
	for c.chunk == 0 && c.err == nil {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.chunk)])
	c.hash.Write(p[:n])
	c.chunk -= int64(n)
	c.left -= int64(n)
	if err != nil {
		c.err = io.ErrUnexpectedEOF
	}
	return n, c.err
}

// next ends the current chunk and begins another; it gives io.EOF after the
// last.
func (c *chunkReader) next() error {
	if err := c.end(); err != nil {
		return err
	}
	line, err := c.line()
	if err == io.EOF { //nolint:errorlint // line gives io.EOF bare
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	size, ext, _ := strings.Cut(line, ";")
	n, err := strconv.ParseInt(size, 16, 64)
	if err != nil || n < 0 {
		return refuse(Malformed, "a chunk's size is not a hexadecimal number")
	}
	if n > c.left {
		return refuse(LengthInvalid, "the body is longer than x-amz-decoded-content-length")
	}
	c.chunkSignature, _ = strings.CutPrefix(ext, "chunk-signature=")
	c.chunk, c.open = n, true
	if n > 0 {
		return nil
	}
	return c.finish()
}

// end reads a chunk's closing line break and checks its signature.
func (c *chunkReader) end() error {
	if !c.open {
		return nil
	}
	c.open = false
	if err := c.checkChunk(); err != nil {
		return err
	}
	if line, err := c.line(); err != nil || line != "" {
		return refuse(Malformed, "a chunk is longer than its size says")
	}
	return nil
}

// finish reads the trailers after the empty chunk.
func (c *chunkReader) finish() error {
	c.open = false
	if c.left > 0 {
		return refuse(LengthInvalid, "the body is shorter than x-amz-decoded-content-length")
	}
	if err := c.checkChunk(); err != nil {
		return err
	}
	var signed, signature string
	for {
		line, err := c.line()
		if err == io.EOF || err == nil && line == "" { //nolint:errorlint // line gives io.EOF bare
			break
		}
		if err != nil {
			return err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return refuse(Malformed, "a trailer is not of the form name:value")
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "x-amz-trailer-signature" {
			signature = value
			continue
		}
		signed += name + ":" + value + "\n"
		c.trailer.Set(name, value)
	}
	if c.key != nil && signed != "" {
		if err := c.check("AWS4-HMAC-SHA256-TRAILER", hexSum(signed), signature); err != nil {
			return err
		}
	}
	return io.EOF
}

func (c *chunkReader) checkChunk() error {
	if c.key == nil {
		return nil
	}
	digest := hexSum("") + "\n" + hex.EncodeToString(c.hash.Sum(nil))
	c.hash.Reset()
	return c.check("AWS4-HMAC-SHA256-PAYLOAD", digest, c.chunkSignature)
}

func (c *chunkReader) check(kind, digest, signature string) error {
	want := hex.EncodeToString(sum(c.key, kind+"\n"+c.date+"\n"+c.scope+"\n"+c.previous+"\n"+digest))
	if subtle.ConstantTimeCompare([]byte(want), []byte(signature)) != 1 {
		return refuse(Mismatch, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
	}
	c.previous = signature
	return nil
}

// line reads up to a line break, without it; io.EOF where nothing is left.
func (c *chunkReader) line() (string, error) {
	text, err := c.in.ReadSlice('\n')
	switch {
	case len(text) > maxLine || err == bufio.ErrBufferFull: //nolint:errorlint // bufio gives it bare
		return "", refuse(Malformed, "a chunk's header is too long")
	case err != nil && len(text) == 0:
		return "", io.EOF
	case err != nil:
		return "", io.ErrUnexpectedEOF
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

func hexSum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}
