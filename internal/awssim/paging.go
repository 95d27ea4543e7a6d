package awssim

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Behind returns the items of a list that is sorted by key from behind a key on;
// the key need not be there any more.
func Behind[T any](sorted []T, after string, key func(T) string) []T {
	i := slices.IndexFunc(sorted, func(item T) bool { return key(item) > after })
	if i < 0 {
		return nil
	}
	return sorted[i:]
}

// FirstPage cuts the first n items off; next is the key of the last of them, nil
// if none follow.
func FirstPage[T any](all []T, n int, key func(T) string) (page []T, next *string) {
	if len(all) <= n {
		return all, nil
	}
	last := key(all[n-1])
	return all[:n], &last
}

// tokenMark begins what Page makes, so that other texts are known as foreign.
const tokenMark = "page:"

// Page returns a page of at most n items of a list that is sorted by key. It begins
// after the item that token names, the last one of the page before, which may have been
// deleted since. next is nil on the last page, but not for a page of size zero. ok is
// false for a token that Page did not make.
func Page[T any](sorted []T, key func(T) string, n int, token *string) (page []T, next *string, ok bool) {
	after := ""
	if token != nil {
		text, err := base64.RawURLEncoding.DecodeString(*token)
		if after, ok = strings.CutPrefix(string(text), tokenMark); err != nil || !ok {
			return nil, nil, false
		}
		i, there := slices.BinarySearchFunc(sorted, after, func(item T, after string) int { return strings.Compare(key(item), after) })
		if there {
			i++
		}
		sorted = sorted[i:]
	}
	last := &after
	if n > 0 {
		page, last = FirstPage(sorted, n, key)
	}
	if last != nil {
		text := base64.RawURLEncoding.EncodeToString([]byte(tokenMark + *last))
		next = &text
	}
	return page, next, true
}
