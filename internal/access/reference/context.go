package reference

import (
	"slices"
	"strings"
)

// Context holds the condition keys of a request with their values. Upper and lower
// case in keys have no meaning. A key without values is as good as absent.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
type Context map[string][]string

// Values gives the values of a key, and none if it is absent. A key that is there in
// two spellings has the values of both.
func (c Context) Values(key string) []string {
	var all []string
	for _, spelling := range c.spellings(key) {
		all = append(all, c[spelling]...)
	}
	return all
}

// ambiguous reports whether a key is there in several spellings. A condition on a tag
// matches a tag key in one of its spellings, but not both.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
func (c Context) ambiguous(key string) bool { return len(c.spellings(key)) > 1 }

// spellings are the keys of c that are the same as key and have values.
func (c Context) spellings(key string) []string {
	var all []string
	for k, values := range c {
		if strings.EqualFold(k, key) && len(values) > 0 {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

// single gives the value of a key that a policy variable may name: one with
// exactly one value.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func (c Context) single(key string) (string, bool) {
	v := c.Values(key)
	if len(v) != 1 {
		return "", false
	}
	return v[0], true
}

// first is the first value of a key, or nothing.
func (c Context) first(key string) string {
	if v := c.Values(key); len(v) > 0 {
		return v[0]
	}
	return ""
}
