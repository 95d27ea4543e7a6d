// Package s3store is the storage half of a pretend S3: buckets, objects with
// versions, delete markers, conditional writes, checksums and multipart
// uploads. It knows no HTTP and no permissions. Semantics follow the Amazon S3
// user guide and API reference.
package s3store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Store is S3 in one partition, where bucket names are shared by all accounts.
// It is safe for concurrent use.
type Store struct {
	now   func() time.Time
	spool *spool

	mu      sync.RWMutex
	buckets map[string]*Bucket
}

// New makes an empty store. Large bodies become files in a folder of its own,
// made in dir when the first one arrives; dir may be empty for the system's.
func New(dir string, now func() time.Time) *Store {
	return &Store{now: now, spool: &spool{parent: dir}, buckets: make(map[string]*Bucket)}
}

// Close removes the files. Readers that are open may fail from then on.
func (s *Store) Close() error { return s.spool.close() }

// clock is the time as S3 keeps it, in whole seconds.
func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Second) }

// CreateBucket makes a bucket. It fails with BucketAlreadyOwnedByYou, together
// with the bucket, or BucketAlreadyExists.
func (s *Store) CreateBucket(name, region, owner string) (*Bucket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[name]; b != nil {
		if b.Owner == owner {
			return b, fail(BucketAlreadyOwned, "")
		}
		return nil, fail(BucketAlreadyExists, "")
	}
	b := newBucket(s, name, region, owner)
	s.buckets[name] = b
	return b, nil
}

// Bucket finds a bucket; nil where there is none.
func (s *Store) Bucket(name string) *Bucket {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.buckets[name]
}

// DeleteBucket removes an empty bucket; else it fails with BucketNotEmpty.
// Uploads in progress go with it.
func (s *Store) DeleteBucket(b *Bucket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case s.buckets[b.Name] != b:
		return fail(NoSuchBucket, "")
	case len(b.records) > 0 && b.versioning != "":
		return fail(BucketNotEmpty, "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
	case len(b.records) > 0:
		return fail(BucketNotEmpty, "")
	}
	for _, u := range b.uploads {
		u.release()
	}
	clear(b.uploads)
	b.gone = true
	delete(s.buckets, b.Name)
	return nil
}

// BucketQuery narrows a list of buckets.
type BucketQuery struct {
	Owner  string
	Prefix string
	Region string // empty for all
	After  string // the last name of the page before
	Max    int    // 0 for all
}

// Buckets lists an owner's buckets by name; more tells that the list was cut.
func (s *Store) Buckets(q BucketQuery) (page []*Bucket, more bool) {
	s.mu.RLock()
	for _, b := range s.buckets {
		if b.Owner == q.Owner && b.Name > q.After && strings.HasPrefix(b.Name, q.Prefix) && (q.Region == "" || b.Region == q.Region) {
			page = append(page, b)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(page, func(a, b *Bucket) int { return cmp.Compare(a.Name, b.Name) })
	if q.Max > 0 && len(page) > q.Max {
		return page[:q.Max], true
	}
	return page, false
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
