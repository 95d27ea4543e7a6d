package cli

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// device is a terminal's device that can fail.
type device struct {
	bytes.Buffer
	writing, closing error
}

func (d *device) Write(p []byte) (int, error) {
	if d.writing != nil {
		return 0, d.writing
	}
	return d.Buffer.Write(p)
}

func (d *device) Close() error { return d.closing }

// What only the person may read goes to the terminal's device, and to standard
// error where there is none or it cannot be written.
func TestConsole(t *testing.T) {
	broken := errors.New("no such device")
	for name, tt := range map[string]struct {
		open             error
		terminal         *device
		shown, elsewhere string
	}{
		"a terminal":                      {nil, &device{}, "code", ""},
		"no terminal":                     {broken, &device{}, "", "code"},
		"a terminal that takes nothing":   {nil, &device{writing: broken}, "", "code"},
		"a terminal that cannot be ended": {nil, &device{closing: broken}, "code", "code"},
	} {
		t.Run(name, func(t *testing.T) {
			var other bytes.Buffer
			c := console{func() (io.WriteCloser, error) { return tt.terminal, tt.open }, &other}
			if n, err := c.Write([]byte("code")); n != 4 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			if got := tt.terminal.String(); got != tt.shown || other.String() != tt.elsewhere {
				t.Errorf("%q on the terminal, %q elsewhere", got, other.String())
			}
		})
	}
}
