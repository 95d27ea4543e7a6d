package s3store

import (
	"cmp"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of "Amazon S3 multipart upload limits", in bytes but for MaxParts.
const (
	MinPart  = 5 << 20
	MaxPart  = 5 << 30
	MaxParts = 10_000
)

// Upload is a multipart upload in progress. The fields never change.
type Upload struct {
	ID        string
	Key       string
	Initiated time.Time
	Initiator string // account id
	// Object is what the upload becomes, without body.
	Object Object
	// Algorithm and FullObject say how the parts are summed up.
	Algorithm  Algorithm
	FullObject bool

	bucket *Bucket
	parts  map[int32]*Part // guarded by the bucket's lock
}

// Part is an uploaded part. It never changes.
type Part struct {
	Number       int32
	ETag         string // without quotes
	Size         int64
	LastModified time.Time
	Checksum     Checksum
	Body         *Body
}

func (u *Upload) release() {
	for _, p := range u.parts {
		p.Body.Release()
	}
	clear(u.parts)
}

// CreateUpload begins an upload of o's key by an account. A CRC-64/NVME over the whole is
// what S3 takes where no algorithm is asked for.
func (b *Bucket) CreateUpload(o Object, initiator string, a Algorithm, fullObject bool) (*Upload, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return nil, fail(NoSuchBucket, "", "BucketName", b.Name)
	}
	if a == "" {
		a, fullObject = CRC64NVME, true
	}
	u := &Upload{
		ID: strings.ToLower(rand.Text() + rand.Text()), Key: o.Key, Initiated: b.store.clock(), Initiator: initiator, Object: o,
		Algorithm: a, FullObject: fullObject, bucket: b, parts: make(map[int32]*Part),
	}
	b.uploads[u.ID] = u
	return u, nil
}

// Upload finds an upload in progress; it fails with NoSuchUpload.
func (b *Bucket) Upload(key, id string) (*Upload, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.upload(key, id)
}

func (b *Bucket) upload(key, id string) (*Upload, error) {
	u := b.uploads[id]
	if u == nil || u.Key != key {
		return nil, fail(NoSuchUpload, "", "UploadId", id)
	}
	return u, nil
}

// PutPart stores a part, whose body it takes over, in place of one with the
// same number. It fails with NoSuchUpload when the upload ended meanwhile.
func (u *Upload) PutPart(number int32, r *Received) (*Part, error) {
	b := u.bucket
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.upload(u.Key, u.ID); err != nil {
		return nil, err
	}
	if old := u.parts[number]; old != nil {
		old.Body.Release()
	}
	p := &Part{
		Number: number, ETag: r.ETag(), Size: r.Body.Size, LastModified: b.store.clock(),
		Checksum: r.Checksum, Body: r.Body,
	}
	u.parts[number] = p
	return p, nil
}

// Parts gives the parts after a number, at most limit; more tells that the
// list was cut.
func (u *Upload) Parts(after int32, limit int) (page []*Part, more bool) {
	u.bucket.mu.Lock()
	defer u.bucket.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		if n <= after {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, u.parts[n])
	}
	return page, false
}

// Abort ends an upload and forgets its parts.
func (b *Bucket) Abort(key, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.upload(key, id)
	if err != nil {
		return err
	}
	u.release()
	delete(b.uploads, id)
	return nil
}

// Completion is a client's account of an upload's parts.
type Completion struct {
	Parts []CompletedPart
	If    Condition
	// Checksum, where its value is not empty, is what the client holds the
	// whole object's to be.
	Checksum Checksum
	// Size, where not nil, is the whole object's size.
	Size *int64
}

// CompletedPart names a part as it was uploaded.
type CompletedPart struct {
	Number   int32
	ETag     string
	Checksum string // empty where the client does not say
}

// Complete makes an object of an upload's parts. It fails with InvalidPart,
// InvalidPartOrder, EntityTooSmall, BadDigest, InvalidRequest, or as c.If asks;
// the upload goes on then.
func (b *Bucket) Complete(key, id string, c Completion) (*Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.upload(key, id)
	if err != nil {
		return nil, err
	}
	parts, err := u.choose(c.Parts)
	if err != nil {
		return nil, err
	}
	o, err := u.assemble(parts, c)
	if err != nil {
		return nil, err
	}
	if err := b.put(o, c.If); err != nil {
		return nil, err
	}
	o.Body.Retain()
	u.release()
	delete(b.uploads, id)
	return o, nil
}

// choose checks the client's list of parts against what was uploaded.
func (u *Upload) choose(list []CompletedPart) ([]*Part, error) {
	if len(list) == 0 {
		return nil, fail(MalformedXML, "")
	}
	parts := make([]*Part, len(list))
	for i, want := range list {
		if i > 0 && want.Number <= list[i-1].Number {
			return nil, fail(InvalidPartOrder, "", "UploadId", u.ID)
		}
		p := u.parts[want.Number]
		if p == nil || p.ETag != strings.Trim(want.ETag, `"`) || want.Checksum != "" && want.Checksum != p.Checksum.Value {
			return nil, fail(InvalidPart, "", "UploadId", u.ID, "PartNumber", decimal(int64(want.Number)), "ETag", strings.Trim(want.ETag, `"`))
		}
		parts[i] = p
	}
	for _, p := range parts[:len(parts)-1] {
		if p.Size < MinPart {
			return nil, fail(EntityTooSmall, "", "ETag", p.ETag, "PartNumber", decimal(int64(p.Number)),
				"ProposedSize", decimal(p.Size), "MinSizeAllowed", decimal(MinPart))
		}
	}
	return parts, nil
}

// assemble makes the object, whose body is not retained yet.
func (u *Upload) assemble(parts []*Part, c Completion) (*Object, error) {
	o := u.Object
	etag := md5.New()
	bodies := make([]*Body, len(parts))
	o.Parts = make([]ObjectPart, len(parts))
	for i, p := range parts {
		raw, err := hex.DecodeString(p.ETag)
		if err != nil {
			return nil, fail(InvalidPart, "", "UploadId", u.ID, "PartNumber", decimal(int64(p.Number)), "ETag", p.ETag)
		}
		etag.Write(raw)
		bodies[i] = p.Body
		o.Parts[i] = ObjectPart{p.Number, p.Size, p.Checksum.Value}
	}
	o.ETag = hex.EncodeToString(etag.Sum(nil)) + "-" + strconv.Itoa(len(parts))
	o.Body = join(bodies)
	o.Checksum = u.checksum(parts)
	switch {
	case c.Checksum.Value != "" && (c.Checksum.Algorithm != u.Algorithm || c.Checksum.Value != o.Checksum.Value):
		return nil, fail(BadDigest, "The "+strings.ToLower(string(c.Checksum.Algorithm))+" you specified did not match the calculated checksum.")
	case c.Size != nil && *c.Size != o.Body.Size:
		return nil, fail(InvalidRequest, "The provided 'x-amz-mp-object-size' header value "+decimal(*c.Size)+" does not match what was computed: "+decimal(o.Body.Size))
	}
	return &o, nil
}

func (u *Upload) checksum(parts []*Part) Checksum {
	if u.FullObject {
		return Checksum{Algorithm: u.Algorithm, Value: whole(u.Algorithm, parts)}
	}
	return Checksum{Algorithm: u.Algorithm, Value: composite(u.Algorithm, parts), Composite: true}
}

// ListUploads gives the uploads in progress by key, then by start.
func (b *Bucket) ListUploads(q Query) Page[*Upload] {
	b.mu.Lock()
	defer b.mu.Unlock()
	var page Page[*Upload]
	passed := q.AfterID == "" // whether the upload AfterID is behind
	for _, u := range b.sortedUploads() {
		if !strings.HasPrefix(u.Key, q.Prefix) {
			continue
		}
		e := roll(u.Key, q.Prefix, q.Delimiter)
		behind := u.Key < q.After || u.Key == q.After && q.AfterID == "" && q.After != ""
		if u.Key == q.After && !passed {
			passed, behind = u.ID == q.AfterID, true
		}
		if behind || e.prefix && (e.name <= q.After || e.name == page.Next) {
			continue
		}
		if page.full(q.Max) {
			break
		}
		if e.prefix {
			page.Prefixes = append(page.Prefixes, e.name)
			page.Next, page.NextID = e.name, ""
		} else {
			page.Items = append(page.Items, u)
			page.Next, page.NextID = u.Key, u.ID
		}
	}
	return page
}

func (b *Bucket) sortedUploads() []*Upload {
	return slices.SortedFunc(maps.Values(b.uploads), func(x, y *Upload) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), x.Initiated.Compare(y.Initiated), cmp.Compare(x.ID, y.ID))
	})
}
