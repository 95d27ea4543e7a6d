package config

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

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

// maxConfig is the largest configuration that is read, in bytes.
const maxConfig = 1 << 20

// TrustRecord is the record of the project files that the user trusts: a JSON
// file in the state directory, which the user alone can write.
type TrustRecord struct{ path string }

// Trusted is one project file in the record.
type Trusted struct {
	// Path is absolute, and the symbolic links of its directory are resolved.
	Path string `json:"path"`
	// SHA256 is the digest of the content that was trusted, in hex.
	SHA256 string `json:"sha256"`
	// Since is when it was trusted.
	Since time.Time `json:"since"`
}

// OpenTrust returns the user's record; it need not exist yet.
func OpenTrust() (TrustRecord, error) {
	dir, err := StateDir()
	if err != nil {
		return TrustRecord{}, err
	}
	return TrustRecord{filepath.Join(dir, "trust.json")}, nil
}

// file returns the record's file. One that others can write is refused, since
// they could have written what it says.
func (r TrustRecord) file() jsonfile.File[[]Trusted] {
	return jsonfile.File[[]Trusted]{
		Path: r.path, Name: "trusted project files", Parse: parseTrusted, Remedy: "remove it and run hawser trust again where you need it",
	}
}

// paths returns the files that the record consists of.
func (r TrustRecord) paths() []string { return []string{r.path, r.file().LockPath()} }

// List returns the trusted files.
func (r TrustRecord) List() ([]Trusted, error) {
	seen, err := r.file().Read(jsonfile.Seen[[]Trusted]{})
	return seen.Value, err
}

// parseTrusted reads the record's text: a JSON list of trusted files, each path
// once.
func parseTrusted(text []byte) ([]Trusted, error) {
	var all []Trusted
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

// Add records that the content of a file is trusted, in the place of what was
// trusted of it before.
func (r TrustRecord) Add(path string, text []byte, now time.Time) error {
	return r.change(func(all []Trusted) []Trusted {
		all = slices.DeleteFunc(all, func(t Trusted) bool { return t.Path == path })
		return append(all, Trusted{Path: path, SHA256: digestOf(text), Since: now.UTC().Truncate(time.Second)})
	})
}

// remove takes files out of the record and gives their paths.
func (r TrustRecord) remove(matches func(Trusted) bool) ([]string, error) {
	var removed []string
	err := r.change(func(all []Trusted) []Trusted {
		return slices.DeleteFunc(all, func(t Trusted) bool {
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
func (r TrustRecord) change(f func([]Trusted) []Trusted) error {
	_, err := r.file().Change(context.Background(), func(all []Trusted) ([]Trusted, error) {
		all = f(all)
		slices.SortFunc(all, func(a, b Trusted) int { return strings.Compare(a.Path, b.Path) })
		return append([]Trusted{}, all...), nil
	})
	return err
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// State reports whether the file is still what was trusted.
func (t Trusted) State() string {
	text, err := ReadProject(t.Path)
	switch {
	case errors.Is(err, fault.NotFound):
		return "gone"
	case err != nil:
		return "unreadable"
	case digestOf(text) != t.SHA256:
		return "changed"
	}
	return "trusted"
}

// Revoke removes the file at a path, which may no longer exist, or all files of a
// directory from the record. It returns the paths of the files.
func (r TrustRecord) Revoke(where string) ([]string, error) {
	matches, err := meant(where)
	if err != nil {
		return nil, err
	}
	return r.remove(matches)
}

// meant tells which records a path stands for: the file itself, or all files in
// the directory.
func meant(where string) (func(Trusted) bool, error) {
	abs, err := filepath.Abs(where)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the path of %s is unknown", where)
	}
	names := []string{abs}
	if known, err := TrustedPath(abs); err == nil {
		names = append(names, known)
	}
	if dir, err := filepath.EvalSymlinks(abs); err == nil {
		names = append(names, dir)
	}
	return func(t Trusted) bool {
		return slices.Contains(names, t.Path) || slices.Contains(names, filepath.Dir(t.Path))
	}, nil
}
