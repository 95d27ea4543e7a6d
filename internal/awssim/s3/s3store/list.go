package s3store

import (
	"slices"
)

// Query asks for a page of a listing.
type Query struct {
	Prefix    string
	Delimiter string
	// After is the key or common prefix after which the page begins; empty for
	// the first one.
	After string
	// AfterID goes on within the key After: a version or an upload id.
	AfterID string
	// Max is the most keys and common prefixes of the page.
	Max int
}

// Page is a page of a listing: T by key, and the common prefixes.
type Page[T any] struct {
	Items     []T
	Prefixes  []string
	Truncated bool
	// Next and NextID are After and AfterID of the page that follows a
	// truncated one.
	Next, NextID string
}

// full reports whether the page has no room, and notes that it was cut.
func (p *Page[T]) full(limit int) bool {
	if len(p.Items)+len(p.Prefixes) < limit {
		return false
	}
	p.Truncated = limit > 0
	return true
}

// List gives the current objects by key.
func (b *Bucket) List(q Query) Page[*Object] {
	b.mu.Lock()
	defer b.mu.Unlock()
	var page Page[*Object]
	b.keys.settle(b.exists)
	for e := range b.keys.entries(q.Prefix, q.Delimiter, q.After, func(key string) bool { return b.live(key) != nil }) {
		if page.full(q.Max) {
			break
		}
		page.Next = e.name
		if e.prefix {
			page.Prefixes = append(page.Prefixes, e.name)
		} else {
			page.Items = append(page.Items, b.live(e.name))
		}
	}
	return page
}

func (b *Bucket) exists(key string) bool { return b.records[key] != nil }

// Version is an object, or a delete marker, in a list of versions.
type Version struct {
	*Object
	Latest bool
}

// ListVersions gives all versions by key, the newest of each first.
func (b *Bucket) ListVersions(q Query) Page[Version] {
	b.mu.Lock()
	defer b.mu.Unlock()
	var page Page[Version]
	b.keys.settle(b.exists)
	if q.AfterID != "" && b.versionsAfter(&page, q) {
		return page
	}
	for e := range b.keys.entries(q.Prefix, q.Delimiter, q.After, b.exists) {
		if e.prefix {
			if page.full(q.Max) {
				return page
			}
			page.Next, page.NextID = e.name, ""
			page.Prefixes = append(page.Prefixes, e.name)
		} else if addVersions(&page, b.records[e.name], 0, q.Max) {
			return page
		}
	}
	return page
}

// versionsAfter gives the rest of the key that the page before ended in.
func (b *Bucket) versionsAfter(page *Page[Version], q Query) (full bool) {
	r := b.records[q.After]
	if r == nil || roll(q.After, q.Prefix, q.Delimiter).prefix {
		return false
	}
	i := r.find(q.AfterID)
	if i < 0 {
		return false
	}
	return addVersions(page, r, len(r.versions)-i, q.Max)
}

// addVersions adds a key's versions from the newest on, but for the first
// skipped ones; it reports whether the page ended before they did.
func addVersions(page *Page[Version], r *record, skipped, limit int) (full bool) {
	for i, o := range slices.Backward(r.versions[:len(r.versions)-skipped]) {
		if page.full(limit) {
			return true
		}
		page.Items = append(page.Items, Version{o, i == len(r.versions)-1})
		page.Next, page.NextID = o.Key, o.VersionID
	}
	return false
}
