package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// agreedCopy is what the copy found at its destination before it began, and what
// a person agreed to replace. The copy overwrites nothing else.
type agreedCopy struct {
	keeps   bool            // the bucket keeps versions, so nothing is lost
	objects map[string]item // what may be overwritten, by name
}

// stamp identifies a state of a file or object.
func (i item) stamp() string {
	return fmt.Sprintf("%d %q %d", i.size, i.etag, i.modified.UnixNano())
}

// same reports whether two looks found the same file or object, unchanged.
func (i item) same(later item) bool {
	if i.info != nil && later.info != nil && !files.Unchanged(i.info, later.info) {
		return false
	}
	return i.stamp() == later.stamp()
}

// allows reports whether what is at the destination may be overwritten; a nil
// agreedCopy allows everything. The error is of kind Conflict.
func (a *agreedCopy) allows(there *item) error {
	if a == nil || a.keeps || there == nil {
		return nil
	}
	if agreed, ok := a.objects[there.name]; ok && agreed.same(*there) {
		return nil
	}
	return fault.New(fault.Conflict, "it was written after the check of what would be overwritten").
		WithFix(fixChanged)
}

// state returns a digest of all that may be written over.
func (a *agreedCopy) state() string {
	if a == nil {
		return ""
	}
	digest := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.objects)) {
		fmt.Fprintf(digest, "%q %s\n", name, a.objects[name].stamp())
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// bound returns the condition of a write: what is at the destination, or that
// nothing is. It is nil if everything may be overwritten, or if the bucket keeps
// versions.
func (a *agreedCopy) bound(there *item) *bound {
	if a == nil || a.keeps {
		return nil
	}
	return &bound{there}
}

// bound makes a write conditional on what is at the destination; nil means
// nothing.
type bound struct{ there *item }

// condition is that of a write to S3.
func (b *bound) condition() condition {
	switch {
	case b == nil:
		return condition{}
	case b.there == nil:
		return onlyNew()
	}
	return onlyOver(b.there.etag)
}

// file begins a local file.
func (b *bound) file(at *files.Access, name string) (*files.NewFile, error) {
	switch {
	case b == nil:
		return at.Replace(name, nil)
	case b.there == nil:
		return at.Create(name)
	}
	return at.Replace(name, b.there.info)
}
