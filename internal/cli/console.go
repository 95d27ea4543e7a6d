package cli

import (
	"io"
	"os"
	"runtime"
)

// Console returns a writer that only a person at the terminal can read: the
// terminal's device, which cannot be redirected into a log like standard error.
// Without a terminal it is standard error.
func (p *Program) Console() io.Writer { return console{p.Streams.Device, p.Streams.Err} }

// console writes to a device, or to the other writer if there is none.
type console struct {
	device func() (io.WriteCloser, error)
	other  io.Writer
}

// Write implements io.Writer. It writes to one of the two.
func (c console) Write(p []byte) (int, error) {
	if c.device != nil && c.write(p) {
		return len(p), nil
	}
	return c.other.Write(p)
}

// write writes to the device, and reports whether that succeeded.
func (c console) write(p []byte) bool {
	device, err := c.device()
	if err != nil {
		return false
	}
	_, err = device.Write(p)
	return device.Close() == nil && err == nil
}

// openConsole opens the terminal that the process was started from.
func openConsole() (io.WriteCloser, error) {
	if runtime.GOOS == "windows" {
		return os.OpenFile("CONOUT$", os.O_RDWR, 0) // https://learn.microsoft.com/windows/console/console-handles
	}
	return os.OpenFile("/dev/tty", os.O_WRONLY, 0)
}
