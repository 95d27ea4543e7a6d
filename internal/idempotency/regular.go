package idempotency

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// mostRecord is how many bytes of a file are read; records are far shorter.
const mostRecord = 64 << 10

// readRegular reads a regular file. Others are refused: opening a FIFO would wait for
// somebody to write.
func readRegular(path string) (text []byte, err error) {
	if err := checkRegular(os.Lstat(path)); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be another one by now
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := checkRegular(file.Stat()); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(file, mostRecord))
}

func checkRegular(info fs.FileInfo, err error) error {
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New(info.Name() + " is not a regular file")
	}
	return nil
}
