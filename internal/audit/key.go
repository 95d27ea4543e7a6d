package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// Key is the secret of an installation with which the log's digests are made, so
// that nobody who has the log alone can find a value by trying.
type Key []byte

// keyBytes is a key's length.
const keyBytes = 32

// mostKey is how long the file of a key may be.
const mostKey = 1 << 10

// Digest is the HMAC-SHA-256 of data, in hexadecimal.
func (k Key) Digest(data []byte) string {
	mac := hmac.New(sha256.New, k)
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil))
}

// keyName is what the id of a key is the digest of.
const keyName = "hawser audit key"

// ID tells a key from others and says nothing else of it: the first 16
// hexadecimal digits of the digest of a constant. The id of no key is empty.
func (k Key) ID() string {
	if len(k) == 0 {
		return ""
	}
	return k.Digest([]byte(keyName))[:16]
}

// OpenKey reads the key at path, or makes one there. Processes that make it at
// the same time get the same. Errors are of kind Refused if others can read or
// write the file, and Invalid if it holds no key.
func OpenKey(path string) (Key, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, keyFault(err, path)
	}
	if err := makeKey(path); err != nil {
		return nil, keyFault(err, path)
	}
	return readKey(path)
}

func readKey(path string) (Key, error) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, keyFault(err, path)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Refused, "the key of the audit log, %s, is a link or not a regular file", path).
			WithFix("move it elsewhere; Hawser then creates a new key")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fault.New(fault.Refused, "other users can read or write the key of the audit log, %s", path).WithFix("chmod 600 %s", path)
	}
	text, err := files.ReadRegular(path, mostKey) // it may be another file by now
	if tooLarge := files.TooLarge(0); err != nil && !errors.As(err, &tooLarge) {
		return nil, keyFault(err, path)
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fault.New(fault.Invalid, "%s does not contain the key of an audit log", path).WithFix("move it elsewhere; Hawser then creates a new key")
	}
	return key, nil
}

// makeKey gives a key its name when it is whole, unless another process did so
// first.
func makeKey(path string) error {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".audit-key-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func keyFault(err error, path string) error {
	return ioFault(err, "the key of the audit log, %s, can't be read or made", path)
}
