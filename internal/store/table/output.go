package table

import (
	"bufio"
	"io"

	"github.com/hawser/hawser/internal/fault"
)

// output buffers what encoders write, and knows how far they are. Its first
// error stays, so that an encoder need ask for it only once a row.
type output struct {
	w   *bufio.Writer
	n   int64
	err error
}

func newOutput(dst io.Writer) *output {
	return &output{w: bufio.NewWriterSize(dst, 1<<18)}
}

func (o *output) bytes(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
		o.n += int64(len(b))
	}
}

func (o *output) close() error {
	if o.err == nil {
		o.err = o.w.Flush()
	}
	return o.failed()
}

// failed makes a fault of what the file system said.
func (o *output) failed() error {
	if o.err == nil {
		return nil
	}
	return fault.Wrap(o.err, fault.Internal, "the file can't be written").WithCause("%v", o.err).
		WithFix("check whether the disk is full")
}
