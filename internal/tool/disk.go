package tool

import (
	"io/fs"
	"os"
)

// disk is where files lie. An os.Root is one that bounds every name.
type disk interface {
	OpenFile(name string, flag int, mode fs.FileMode) (*os.File, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	MkdirAll(name string, mode fs.FileMode) error
	Link(from, to string) error
	Rename(from, to string) error
	Remove(name string) error
	Close() error
}

// host is the whole file system of this machine.
type host struct{}

func (host) OpenFile(name string, flag int, mode fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, mode) //nolint:gosec // the name is the user's own
}
func (host) Stat(name string) (fs.FileInfo, error)        { return os.Stat(name) }
func (host) Lstat(name string) (fs.FileInfo, error)       { return os.Lstat(name) }
func (host) MkdirAll(name string, mode fs.FileMode) error { return os.MkdirAll(name, mode) }
func (host) Link(from, to string) error                   { return os.Link(from, to) }
func (host) Rename(from, to string) error                 { return os.Rename(from, to) }
func (host) Remove(name string) error                     { return os.Remove(name) }
func (host) Close() error                                 { return nil }
