package awssim

import (
	"compress/gzip"
	"io"
	"net/http"
)

// gzipped is a buffered body that the client compressed. The signature is over
// the compressed bytes, so it is unpacked after that is checked.
type gzipped struct{ *buffered }

// inflate unpacks a compressed body.
func inflate(r *http.Request) error {
	g, ok := r.Body.(*gzipped)
	if !ok {
		return nil
	}
	bad := &Error{Code: "SerializationException", Message: "The body is not valid gzip.", Status: http.StatusBadRequest}
	zr, err := gzip.NewReader(g.buffered)
	if err != nil {
		return bad
	}
	plain, err := io.ReadAll(io.LimitReader(zr, maxBody+1))
	if err != nil || len(plain) > maxBody {
		return bad
	}
	r.Body = newBuffered(plain)
	return nil
}
