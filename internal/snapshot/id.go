package snapshot

import (
	"cmp"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// ID names an entity.
type ID struct {
	Kind Kind   `json:"kind"`
	Key  string `json:"key"`
}

// String gives "iam.user:arn:aws:iam::111122223333:user/ada".
func (id ID) String() string { return string(id.Kind) + ":" + id.Key }

// ParseID is the inverse of String. The error is Invalid.
func ParseID(text string) (ID, error) {
	kind, key, ok := strings.Cut(text, ":")
	if !ok || kind == "" || key == "" {
		return ID{}, fault.New(fault.Invalid, "%q is not an entity", text).WithFix("write KIND:KEY, such as iam.user:arn:aws:iam::111122223333:user/ada")
	}
	return ID{Kind(kind), key}, nil
}

// Compare orders IDs by kind, then key.
func (id ID) Compare(o ID) int {
	return cmp.Or(cmp.Compare(id.Kind, o.Kind), cmp.Compare(id.Key, o.Key))
}
