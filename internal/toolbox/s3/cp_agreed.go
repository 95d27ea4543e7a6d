package s3

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// agreedCopy is what the copy found at both ends before it began, and what a person
// agreed to: what is replaced, and by what. The copy overwrites and copies nothing else.
type agreedCopy struct {
	keeps    bool            // the bucket keeps versions, so nothing is lost by overwriting
	removes  bool            // what is copied is deleted at its source
	objects  map[string]item // what may be overwritten, by name
	sources  sources         // what may be copied
	versions bool            // the destination is listed by its versions
	unread   error           // why the versions of the destination could not be listed
}

// sources are the states of what a dry run would copy, as digests of name and stamp:
// copies may have millions of them.
type sources map[slot]struct{}

func (s sources) add(i item) { s[i.digest()] = struct{}{} }

// state returns a digest of all states.
func (s sources) state() string {
	digest := sha256.New()
	s.writeTo(digest)
	return hex.EncodeToString(digest.Sum(nil))
}

func (s sources) writeTo(digest hash.Hash) {
	for _, source := range slices.SortedFunc(maps.Keys(s), func(a, b slot) int { return bytes.Compare(a[:], b[:]) }) {
		digest.Write(source[:])
	}
}

// digest identifies the name and the state of a file or object.
func (i item) digest() slot {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s", i.name, i.stamp()))
	return slot(sum[:16])
}

// stamp identifies a state of a file or object.
func (i item) stamp() string {
	return fmt.Sprintf("%d %q %d", i.size, i.etag, i.modified.UnixNano()) + i.null.stamp()
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
	if a == nil || a.keeps || there == nil || there.kept() {
		return nil
	}
	if agreed, ok := a.objects[there.name]; ok && agreed.same(*there) {
		return nil
	}
	return fault.New(fault.Conflict, "it was written after the check of what would be overwritten").
		WithFix(fixChanged)
}

// holds reports whether what is to be copied is what was looked at. The error is of kind
// Conflict.
func (a *agreedCopy) holds(source item) error {
	if a == nil || a.keeps && !a.removes {
		return nil
	}
	if _, ok := a.sources[source.digest()]; ok {
		return nil
	}
	return changedCopied()
}

func changedCopied() error {
	return fault.New(fault.Conflict, "the source was written after the check of what would be overwritten").WithFix(fixChanged)
}

// opened reports whether a file that was opened is the one that was found in its
// directory.
func (a *agreedCopy) opened(source item, file fs.FileInfo) error {
	if a == nil || a.keeps || files.Unchanged(source.info, file) {
		return nil
	}
	return changedCopied()
}

// state returns a digest of all that may be written over, and of what it is written
// over with.
func (a *agreedCopy) state() string {
	if a == nil {
		return ""
	}
	digest := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.objects)) {
		fmt.Fprintf(digest, "%q %s\n", name, a.objects[name].stamp())
	}
	a.sources.writeTo(digest)
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
	case b.there == nil, b.there.hidden():
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
