package s3

import (
	"fmt"

	"github.com/hawser/hawser/internal/toolbox/kit"
)

// tally counts objects and their bytes.
type tally struct {
	Objects int64         `json:"objects"`
	Bytes   kit.ByteCount `json:"bytes"`
}

func (t *tally) add(size int64) {
	t.Objects++
	t.Bytes += kit.ByteCount(size)
}

// String writes the tally for people.
func (t tally) String() string {
	return fmt.Sprintf("%s, %s", kit.Count(int(t.Objects), "object"), t.Bytes)
}
