package s3store

import (
	"reflect"
	"sync"
	"time"
)

// Versioning states, by S3's names; a bucket that never had it has "".
const (
	Enabled   = "Enabled"
	Suspended = "Suspended"
)

// Bucket is one bucket. The fields never change.
type Bucket struct {
	Name    string
	Region  string
	Owner   string // account id
	Created time.Time

	store *Store

	mu         sync.Mutex
	gone       bool // deleted
	versioning string
	locking    bool // object lock is on
	keys       keyIndex
	records    map[string]*record
	uploads    map[string]*Upload
	configs    map[reflect.Type]any
}

func newBucket(s *Store, name, region, owner string) *Bucket {
	return &Bucket{
		Name: name, Region: region, Owner: owner, Created: s.clock(), store: s,
		records: make(map[string]*record), uploads: make(map[string]*Upload), configs: make(map[reflect.Type]any),
	}
}

// Versioning gives the bucket's state.
func (b *Bucket) Versioning() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.versioning
}

// SetVersioning turns versioning on or suspends it. It fails with
// InvalidBucketState where object lock needs it.
func (b *Bucket) SetVersioning(state string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.locking && state != Enabled {
		return fail(InvalidBucketState, "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
	}
	b.versioning = state
	return nil
}

// Locking reports whether object lock is on.
func (b *Bucket) Locking() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.locking
}

// EnableLocking turns object lock on for good. It fails with
// InvalidBucketState without versioning; fresh turns versioning on as well, as
// for a bucket made with object lock.
func (b *Bucket) EnableLocking(fresh bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if fresh {
		b.versioning = Enabled
	}
	if b.versioning != Enabled {
		return fail(InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
	}
	b.locking = true
	return nil
}

// Config gives what was last set of type T, nil where nothing is. The value
// must not be changed.
func Config[T any](b *Bucket) *T {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, _ := b.configs[reflect.TypeFor[T]()].(*T)
	return v
}

// SetConfig keeps a setting of the bucket by its type; nil removes it.
func SetConfig[T any](b *Bucket, v *T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v == nil {
		delete(b.configs, reflect.TypeFor[T]())
		return
	}
	b.configs[reflect.TypeFor[T]()] = v
}
