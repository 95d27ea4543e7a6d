package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/jsonfile"
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

// file is the record's file. One that others can write is refused, since they
// could have written what it says.
func (b trustBook) file() jsonfile.File[[]trustedFile] {
	return jsonfile.File[[]trustedFile]{
		Path: b.path, Name: "trusted project files", Parse: parseTrusted, Remedy: "remove it and run hawser trust again where you need it",
	}
}

// paths are the files that the record consists of.
func (b trustBook) paths() []string { return []string{b.path, b.file().LockPath()} }

// read gives the trusted files.
func (b trustBook) read() ([]trustedFile, error) {
	seen, err := b.file().Read(jsonfile.Seen[[]trustedFile]{})
	return seen.Value, err
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
	_, err := b.file().Change(context.Background(), func(all []trustedFile) ([]trustedFile, error) {
		all = f(all)
		slices.SortFunc(all, func(a, b trustedFile) int { return strings.Compare(a.Path, b.Path) })
		return append([]trustedFile{}, all...), nil
	})
	return err
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
