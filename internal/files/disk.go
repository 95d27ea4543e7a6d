package files

import (
	"io/fs"
	"os"
	"syscall"
)

// disk is where files lie. An os.Root is one that bounds every name.
type disk interface {
	OpenFile(name string, flag int, mode fs.FileMode) (*os.File, error)
	OpenRoot(name string) (*os.Root, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	MkdirAll(name string, mode fs.FileMode) error
	Close() error
}

// host is the whole file system of this machine.
type host struct{}

func (host) OpenFile(name string, flag int, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, mode)
}
func (host) OpenRoot(name string) (*os.Root, error)       { return os.OpenRoot(name) }
func (host) Stat(name string) (fs.FileInfo, error)        { return os.Stat(name) }
func (host) Lstat(name string) (fs.FileInfo, error)       { return os.Lstat(name) }
func (host) MkdirAll(name string, mode fs.FileMode) error { return os.MkdirAll(name, mode) }
func (host) Close() error                                 { return nil }

// openRoot opens a directory. It is looked at first, since os.OpenRoot would
// wait for the other end of a FIFO.
func openRoot(d disk, name string) (*os.Root, error) {
	info, err := d.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	return d.OpenRoot(name)
}
