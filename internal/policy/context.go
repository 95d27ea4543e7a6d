package policy

import "strings"

// Context holds the condition keys of a request with their values. AWS does
// not distinguish upper and lower case in keys, and neither does Context;
// keys in lower case are found fastest. A key without values is as good as
// absent.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
type Context map[string][]string

// Values gives the values of a key, and none if it is absent.
func (c Context) Values(key string) []string {
	if v, ok := c[key]; ok {
		return v
	}
	lower := strings.ToLower(key)
	if v, ok := c[lower]; ok {
		return v
	}
	found := ""
	for k := range c {
		if strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	return c[found]
}

// single gives the value of a key that a policy variable may name: one with
// exactly one value.
func (c Context) single(key string) (string, bool) {
	v := c.Values(key)
	if len(v) != 1 {
		return "", false
	}
	return v[0], true
}
