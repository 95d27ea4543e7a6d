package s3store

import (
	"slices"
	"time"
)

// Deletion asks for a key or one of its versions to be deleted.
type Deletion struct {
	Key     string
	Version string // empty for the key
	// Owner is the account that a delete marker is to belong to.
	Owner string
	// Bypass passes governance-mode locks.
	Bypass bool
	// If, IfSize and IfTime delete only what is so.
	If     Condition
	IfSize *int64
	IfTime *time.Time
}

// Deleted tells what a deletion did.
type Deleted struct {
	// Version is the version that was removed, or the delete marker's; empty
	// in a bucket without versions.
	Version string
	// Marker tells that a delete marker was made or removed.
	Marker bool
}

// Delete follows "Deleting Amazon S3 objects": in a bucket with versions a key
// is deleted by putting a delete marker, a version for good. What is not there
// counts as deleted. It fails with AccessDenied for what is locked and with
// PreconditionFailed.
func (b *Bucket) Delete(d Deletion) (Deleted, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.mayDelete(d); err != nil {
		return Deleted{}, err
	}
	switch {
	case d.Version != "":
		return b.deleteVersion(d)
	case b.versioning == "":
		_, err := b.deleteVersion(Deletion{Key: d.Key, Version: NullVersion, Bypass: d.Bypass})
		return Deleted{}, err
	}
	marker := &Object{Key: d.Key, DeleteMarker: true, LastModified: b.store.clock(), Owner: d.Owner}
	b.add(marker)
	return Deleted{Version: marker.VersionID, Marker: true}, nil
}

// mayDelete holds the conditions to what is there: to the current version,
// whichever is to be deleted.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
func (b *Bucket) mayDelete(d Deletion) error {
	if d.If == (Condition{}) && d.IfSize == nil && d.IfTime == nil {
		return nil
	}
	o, _ := b.get(d.Key, "")
	if o == nil || o.DeleteMarker {
		if d.If.Match == "*" || d.If.Match == "" {
			return nil // nothing to delete, which succeeds
		}
		return fail(NoSuchKey, "", "Key", d.Key)
	}
	if err := d.If.allowsWrite(o, d.Key); err != nil {
		return err
	}
	if d.IfSize != nil && *d.IfSize != o.Size() {
		return preconditionFailed("x-amz-if-match-size")
	}
	if d.IfTime != nil && !d.IfTime.Truncate(time.Second).Equal(o.LastModified) {
		return preconditionFailed("x-amz-if-match-last-modified-time")
	}
	return nil
}

func (b *Bucket) deleteVersion(d Deletion) (Deleted, error) {
	r := b.records[d.Key]
	i := -1
	if r != nil {
		i = r.find(d.Version)
	}
	if i < 0 {
		return Deleted{Version: d.Version}, nil
	}
	o := r.versions[i]
	if o.Lock.Holds(b.store.now(), d.Bypass) {
		return Deleted{}, fail(AccessDenied, "Access Denied because object protected by object lock.")
	}
	o.Body.Release()
	r.versions = slices.Delete(r.versions, i, i+1)
	if len(r.versions) == 0 {
		delete(b.records, d.Key)
		b.keys.remove()
	}
	return Deleted{Version: d.Version, Marker: o.DeleteMarker}, nil
}
