package s3

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// Two addresses that may be of one bucket are compared as if they were. The ends are
// given as they are resolved.
func TestMoveByAnAccessPoint(t *testing.T) {
	const point = "arn:aws:s3:us-east-1:111122223333:accesspoint/p"
	tree := func(bucket, root string) end { return end{bucket: bucket, root: root} }
	one := func(bucket, key string) end { return end{bucket: bucket, root: key}.narrow() }
	for _, tt := range []struct {
		from, to end
		refused  string // empty: it may be moved
	}{
		{tree("harbour", "a/"), tree(point, "a/"), "may be the same bucket"},
		{tree(point, "a/"), tree("harbour", "a/sub/"), "may be the same bucket"},
		{tree("harbour", ""), tree("p-abc123-s3alias", "x/"), "may be the same bucket"},
		{one("harbour", "a/x"), one(point, "a/x"), "may be the same bucket"},
		{one("harbour", "a/x"), tree("p-abc123-s3alias", "a/"), "may be the same bucket"},
		{tree(point, "a/"), tree(point, "a/sub/"), "is in the source"},
		{tree("harbour", "a/"), tree(point, "elsewhere/"), ""},
		{one("harbour", "a/x"), one(point, "a/y"), ""},
		{tree("harbour", "a/"), tree("quay", "a/"), ""},
		{tree("harbour", "a/"), tree("harbour", "ab/"), ""},
	} {
		c := &copying{in: copyInput{removes: true}, from: tt.from, to: tt.to}
		err := c.checkMove()
		if tt.refused == "" && err != nil || tt.refused != "" && (!errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("%+v to %+v: %v", tt.from, tt.to, err)
		}
	}
}
