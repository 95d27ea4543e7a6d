package awssim

import "slices"

// behind gives the items of a list that is sorted by key from behind a key on;
// the key need not be there any more.
func behind[T any](sorted []T, after string, key func(T) string) []T {
	i := slices.IndexFunc(sorted, func(item T) bool { return key(item) > after })
	if i < 0 {
		return nil
	}
	return sorted[i:]
}

// firstPage cuts the first n items off; next is the key of the last of them,
// nil where none follow.
func firstPage[T any](all []T, n int, key func(T) string) (page []T, next *string) {
	if len(all) <= n {
		return all, nil
	}
	last := key(all[n-1])
	return all[:n], &last
}
