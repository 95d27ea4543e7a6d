package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Special is the error for a file of configuration that is not a regular file. It says
// what it is.
type Special string

// Directory is the Special of a directory.
const Directory Special = "a directory"

func (s Special) Error() string {
	return fmt.Sprintf("it is not a regular file but %s", string(s))
}

// TooLarge is the error for a file of configuration that holds more bytes than this.
type TooLarge int64

func (t TooLarge) Error() string {
	if t%(1<<20) == 0 {
		return fmt.Sprintf("it is larger than %d MiB", int64(t)>>20)
	}
	return fmt.Sprintf("it is larger than %d bytes", int64(t))
}

// ReadRegular reads a file of configuration whole, up to a number of bytes. It waits
// for nobody: a FIFO, a socket, a device or a directory is Special, but for the null
// device, which is an empty file. More bytes are TooLarge. Other errors are the
// system's.
func ReadRegular(path string, most int64) (text []byte, err error) {
	file, err := openRegular(path)
	if file == nil || err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err = io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(text)) > most {
		return nil, TooLarge(most)
	}
	return text, err
}

// CheckRegular is for a file of configuration that a library reads: it gives the
// errors of ReadRegular, and reads nothing.
func CheckRegular(path string) error {
	file, err := openRegular(path)
	if file == nil || err != nil {
		return err
	}
	return file.Close()
}

// openRegular opens a regular file; it gives nil for the null device. Opening a device
// may do something, so it is looked at first, and again once it is open.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if null, err := os.Stat(os.DevNull); path == os.DevNull || err == nil && os.SameFile(info, null) {
		return nil, nil
	}
	if !info.Mode().IsRegular() {
		return nil, Special(kindOf(info))
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err == nil && !info.Mode().IsRegular() {
		err = Special(kindOf(info))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// kindOf says what a file is that is not a regular one.
func kindOf(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return string(Directory)
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "a device"
}
