package s3store

import (
	"iter"
	"slices"
	"sort"
	"strings"
)

// keyIndex holds keys in order. Writes are cheap: the order is settled when it
// is next asked for. It may hold keys that are gone.
type keyIndex struct {
	sorted []string
	fresh  []string // added since, in no order
	dead   int      // removed since
}

func (x *keyIndex) add(key string) { x.fresh = append(x.fresh, key) }
func (x *keyIndex) remove()        { x.dead++ }

// settle sorts the fresh keys into the index, and drops the ones that are gone when
// there are many.
func (x *keyIndex) settle(exists func(string) bool) {
	prune := x.dead > 64 && x.dead > len(x.sorted)/2
	if len(x.fresh) == 0 && !prune {
		return
	}
	slices.Sort(x.fresh)
	merged := make([]string, 0, len(x.sorted)+len(x.fresh))
	a, b := x.sorted, x.fresh
	for len(a) > 0 || len(b) > 0 {
		next := &a
		if len(a) == 0 || len(b) > 0 && b[0] < a[0] {
			next = &b
		}
		key := (*next)[0]
		*next = (*next)[1:]
		if n := len(merged); (n == 0 || merged[n-1] != key) && (!prune || exists(key)) {
			merged = append(merged, key)
		}
	}
	x.sorted, x.fresh = merged, nil
	if prune {
		x.dead = 0
	}
}

// entry is a line of a listing: a key, or the common prefix of several.
type entry struct {
	name   string
	prefix bool
}

// entries gives what comes after a name in the order of UTF-8 bytes, keys with
// the prefix, rolled up at the delimiter. shown tells which keys count.
func (x *keyIndex) entries(prefix, delimiter, after string, shown func(string) bool) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		keys := x.sorted
		keys = keys[sort.SearchStrings(keys, max(prefix, after)):]
		for len(keys) > 0 && strings.HasPrefix(keys[0], prefix) {
			e := roll(keys[0], prefix, delimiter)
			if e.name <= after && after != "" {
				keys = skip(keys, e)
				continue
			}
			if !shown(keys[0]) {
				keys = keys[1:]
				continue
			}
			if !yield(e) {
				return
			}
			keys = skip(keys, e)
		}
	}
}

// roll gives the line that a key stands on.
func roll(key, prefix, delimiter string) entry {
	if delimiter == "" {
		return entry{name: key}
	}
	i := strings.Index(key[len(prefix):], delimiter)
	if i < 0 {
		return entry{name: key}
	}
	return entry{name: key[:len(prefix)+i+len(delimiter)], prefix: true}
}

// skip goes past all keys of a line.
func skip(keys []string, e entry) []string {
	if !e.prefix {
		return keys[1:]
	}
	return keys[sort.Search(len(keys), func(i int) bool { return keys[i] > e.name && !strings.HasPrefix(keys[i], e.name) }):]
}
