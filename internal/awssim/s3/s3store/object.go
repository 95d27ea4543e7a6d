package s3store

import (
	"crypto/rand"
	"slices"
	"time"
)

// NullVersion is the id of versions made while versioning is not enabled.
const NullVersion = "null"

// Object is one version of a key, or a delete marker. It never changes once
// stored: a change of tags or of locks stores a copy in its place.
type Object struct {
	Key          string
	VersionID    string
	DeleteMarker bool
	LastModified time.Time
	Owner        string // account id
	ETag         string // without quotes
	Attributes
	Tags     []Tag
	Grants   []Grant // empty for the owner alone
	Checksum Checksum
	// Parts is set for objects made by a multipart upload.
	Parts []ObjectPart
	Lock  Lock
	// RestoredUntil is set for an archived object that was brought back.
	RestoredUntil time.Time
	Body          *Body
}

// Size is the number of bytes; 0 for a delete marker.
func (o *Object) Size() int64 {
	if o.Body == nil {
		return 0
	}
	return o.Body.Size
}

// Attributes are what a writer says of an object.
type Attributes struct {
	CacheControl       string
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	ContentType        string
	Expires            string
	Redirect           string // x-amz-website-redirect-location
	StorageClass       string
	Metadata           map[string]string
	Encryption         Encryption
}

// Encryption is how an object is kept; nothing is encrypted here.
type Encryption struct {
	Algorithm   string // AES256, aws:kms, aws:kms:dsse
	KMSKey      string
	Context     string
	BucketKey   bool
	CustomerKey string // MD5 of an SSE-C key, in base64
}

// Tag is an object's tag.
type Tag struct{ Key, Value string }

// Grant is a line of an access control list, by S3's names.
type Grant struct{ Kind, Name, Permission string }

// ObjectPart is a part of an object that was uploaded in parts.
type ObjectPart struct {
	Number   int32
	Size     int64
	Checksum string
}

// Lock keeps a version from being deleted.
type Lock struct {
	Mode      string // GOVERNANCE, COMPLIANCE or empty
	Until     time.Time
	LegalHold bool
}

// Holds reports whether the lock forbids deletion at a time; bypass passes
// governance mode.
func (l Lock) Holds(now time.Time, bypass bool) bool {
	if l.LegalHold {
		return true
	}
	return l.Mode != "" && now.Before(l.Until) && (l.Mode != "GOVERNANCE" || !bypass)
}

// record is a key's versions, oldest first; never empty.
type record struct{ versions []*Object }

func (r *record) current() *Object { return r.versions[len(r.versions)-1] }

// find gives the index of a version, -1 where there is none.
func (r *record) find(version string) int {
	return slices.IndexFunc(r.versions, func(o *Object) bool { return o.VersionID == version })
}

// Get finds an object: the current version for an empty version id. It fails
// with NoSuchKey, NoSuchVersion or, for a delete marker asked for by its id,
// MethodNotAllowed; where a delete marker stands in the way it is given too.
func (b *Bucket) Get(key, version string) (*Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.get(key, version)
}

// Acquire is Get for a caller that goes on to read the body, which is retained
// and must be released.
func (b *Bucket) Acquire(key, version string) (*Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.get(key, version)
	if err == nil {
		o.Body.Retain()
	}
	return o, err
}

func (b *Bucket) get(key, version string) (*Object, error) {
	r := b.records[key]
	if version == "" {
		if r == nil {
			return nil, fail(NoSuchKey, "", "Key", key)
		}
		if o := r.current(); o.DeleteMarker {
			return o, fail(NoSuchKey, "", "Key", key)
		}
		return r.current(), nil
	}
	i := -1
	if r != nil {
		i = r.find(version)
	}
	if i < 0 {
		return nil, fail(NoSuchVersion, "", "Key", key, "VersionId", version)
	}
	if o := r.versions[i]; o.DeleteMarker {
		return o, fail(MethodNotAllowed, "", "Method", "GET", "ResourceType", "DeleteMarker")
	}
	return r.versions[i], nil
}

// Put stores an object, whose body it takes over, as the current version. It
// sets the version id and the time. It fails as cond asks.
func (b *Bucket) Put(o *Object, cond Condition) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.put(o, cond)
}

func (b *Bucket) put(o *Object, cond Condition) error {
	if b.gone {
		return fail(NoSuchBucket, "", "BucketName", b.Name)
	}
	if err := cond.allowsWrite(b.live(o.Key), o.Key); err != nil {
		return err
	}
	o.LastModified = b.store.clock()
	b.add(o)
	return nil
}

// live gives a key's current object, nil where it has none.
func (b *Bucket) live(key string) *Object {
	if r := b.records[key]; r != nil && !r.current().DeleteMarker {
		return r.current()
	}
	return nil
}

// add makes a version the current one, in place of the null version where
// versioning is not enabled.
func (b *Bucket) add(o *Object) {
	r := b.records[o.Key]
	if r == nil {
		r = new(record)
		b.records[o.Key] = r
		b.keys.add(o.Key)
	}
	if b.versioning == Enabled {
		o.VersionID = newVersionID()
	} else {
		o.VersionID = NullVersion
		if i := r.find(NullVersion); i >= 0 {
			r.versions[i].Body.Release()
			r.versions = slices.Delete(r.versions, i, i+1)
		}
	}
	r.versions = append(r.versions, o)
}

// newVersionID is opaque and of S3's length.
func newVersionID() string { return (rand.Text() + rand.Text())[:versionLength] }

const versionLength = 32

// ValidVersion reports whether an id could be a version's.
func ValidVersion(id string) bool { return id == NullVersion || len(id) == versionLength }

// Update stores a changed copy of a version, the current one for an empty id,
// in its place. It fails as Get does, and as change does.
func (b *Bucket) Update(key, version string, change func(*Object) error) (*Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.get(key, version)
	if err != nil {
		return o, err
	}
	changed := *o
	if err := change(&changed); err != nil {
		return nil, err
	}
	r := b.records[key]
	r.versions[slices.Index(r.versions, o)] = &changed
	return &changed, nil
}
