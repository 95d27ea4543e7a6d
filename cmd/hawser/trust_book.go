package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
)

// maxConfig is the largest project file that can be trusted, in bytes.
const maxConfig = 1 << 20

// trustBook is the record of the project files that the user trusts: a JSON
// file in the state directory, which the user alone can write.
type trustBook struct{ path string }

// trustedFile is one project file in the record.
type trustedFile struct {
	// Path is absolute, and the symbolic links of its directory are resolved.
	Path string `json:"path"`
	// SHA256 is the digest of the content that was trusted, in hex.
	SHA256 string `json:"sha256"`
	// Since is when it was trusted.
	Since time.Time `json:"since"`
}

// openTrust gives the user's record; it need not exist yet.
func openTrust() (trustBook, error) {
	dir, err := stateDir()
	if err != nil {
		return trustBook{}, err
	}
	return trustBook{filepath.Join(dir, "trust.json")}, nil
}

// paths are the files that the record consists of.
func (b trustBook) paths() []string { return []string{b.path, b.path + ".lock"} }

// read gives the trusted files. A record that others can write is refused,
// since they could have written what it says.
func (b trustBook) read() ([]trustedFile, error) {
	f, err := os.Open(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, b.unreadable(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, b.unreadable(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nil, fault.New(fault.Invalid, "other users can write %s", b.path).
			WithFix("remove the file if you don't know who wrote it, else take the permission away (chmod 600)")
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, b.unreadable(err)
	}
	all, err := parseTrusted(text)
	if err != nil {
		return nil, b.unreadable(err)
	}
	return all, nil
}

func (b trustBook) unreadable(err error) error {
	return fault.Wrap(err, fault.Invalid, "%s can't be read", b.path).WithCause("%v", err).
		WithFix("correct the file, or remove it and run hawser trust again where you need it")
}

// parseTrusted reads the record's text: a JSON list of trusted files, each path
// once.
func parseTrusted(text []byte) ([]trustedFile, error) {
	var all []trustedFile
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, t := range all {
		digest, err := hex.DecodeString(t.SHA256)
		switch {
		case err != nil || len(digest) != sha256.Size:
			return nil, errors.New("a digest is not a SHA-256 in hex")
		case !filepath.IsAbs(t.Path) || filepath.Clean(t.Path) != t.Path:
			return nil, errors.New("a path is not absolute")
		case seen[t.Path]:
			return nil, errors.New("a path is listed twice")
		}
		seen[t.Path] = true
	}
	return all, nil
}

// add records that the content of a file is trusted, in the place of what was
// trusted of it before.
func (b trustBook) add(path string, text []byte, now time.Time) error {
	return b.change(func(all []trustedFile) []trustedFile {
		all = slices.DeleteFunc(all, func(t trustedFile) bool { return t.Path == path })
		return append(all, trustedFile{Path: path, SHA256: digestOf(text), Since: now.UTC().Truncate(time.Second)})
	})
}

// remove takes files out of the record and gives their paths.
func (b trustBook) remove(matches func(trustedFile) bool) ([]string, error) {
	var removed []string
	err := b.change(func(all []trustedFile) []trustedFile {
		return slices.DeleteFunc(all, func(t trustedFile) bool {
			if !matches(t) {
				return false
			}
			removed = append(removed, t.Path)
			return true
		})
	})
	return removed, err
}

// change replaces the record whole, under a lock that other processes respect.
func (b trustBook) change(f func([]trustedFile) []trustedFile) error {
	failed := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "%s can't be written", b.path).WithCause("%v", err).WithFix("let this user write there")
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return failed(err)
	}
	lock := flock.New(b.path + ".lock")
	if err := lock.Lock(); err != nil {
		return failed(err)
	}
	defer func() { _ = lock.Unlock() }()
	all, err := b.read()
	if err != nil {
		return err
	}
	all = f(all)
	slices.SortFunc(all, func(a, b trustedFile) int { return strings.Compare(a.Path, b.Path) })
	text, err := json.MarshalIndent(append([]trustedFile{}, all...), "", "  ")
	if err != nil {
		return failed(err)
	}
	if err := replaceWhole(b.path, append(text, '\n')); err != nil {
		return failed(err)
	}
	return nil
}

// replaceWhole writes a file that its owner alone can read, and puts it under
// its name when it is complete.
func replaceWhole(path string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(part, bytes.NewReader(text))
	err = errors.Join(err, part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
