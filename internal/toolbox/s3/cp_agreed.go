package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// agreedCopy is what the look before a copy found, and a person agreed to where
// something would be lost. A copy that begins with it writes over nothing else.
type agreedCopy struct {
	keeps   bool              // the bucket keeps what is written over
	objects map[string]string // what may be written over, as stamp gives it, by name
}

// stamp tells a state of a file or object from others.
func (i item) stamp() string {
	return fmt.Sprintf("%d %q %d", i.size, i.etag, i.modified.UnixNano())
}

// allows reports whether what stands at the other end may be written over; a
// nil agreedCopy allows everything. The error is of kind Conflict.
func (a *agreedCopy) allows(there *item) error {
	if a == nil || a.keeps || there == nil || a.objects[there.name] == there.stamp() {
		return nil
	}
	return fault.New(fault.Conflict, "it was written after the look at what would be overwritten").
		WithFix("call again, to be asked about what is there now")
}

// state is a digest of all that may be written over.
func (a *agreedCopy) state() string {
	if a == nil {
		return ""
	}
	digest := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.objects)) {
		fmt.Fprintf(digest, "%q %s\n", name, a.objects[name])
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// onlyNew reports whether a write must fail if something stands there by now.
func (a *agreedCopy) onlyNew(there *item) bool { return a != nil && !a.keeps && there == nil }
