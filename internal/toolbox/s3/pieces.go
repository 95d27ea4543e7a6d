package s3

import (
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/toolbox/kit"
)

// looked is the state in which a transfer's object was looked at.
type looked struct {
	etag  string // without quotes; empty if it is not known
	size  int64
	sized bool // the size is known
}

// match returns the condition of a read: that the object is in this state.
func (l looked) match() *string { return onlyOver(l.etag).match }

// pieces are the answers of which one download is put together. They must be of one
// state of one object, and join without gap or overlap.
type pieces struct {
	mu    sync.Mutex
	state looked
	ends  map[int64]int64 // the last byte of each, by the first
}

func newPieces(state looked) *pieces { return &pieces{state: state, ends: map[int64]int64{}} }

// match returns the entity tag that each answer must have.
func (p *pieces) match() *string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.match()
}

// add takes an answer, whose request asked for a range that is in the answer. A piece
// may come again, as its body may break off.
func (p *pieces) add(out *s3.GetObjectOutput) error {
	came, err := pieceOf(out, 0)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	etag := kit.Unquoted(out.ETag)
	switch last, again := p.ends[came.first]; {
	case p.state.etag != "" && p.state.etag != etag:
		return otherState(&p.state.etag, &etag)
	case p.state.sized && p.state.size != came.size:
		return notAsked("the object has %d bytes in place of %d", came.size, p.state.size)
	case again && last != came.last:
		return notAsked("it has %s, and had the bytes %d-%d before", came, came.first, last)
	case aws.ToInt32(out.PartsCount) > maxParts:
		return notAsked("the object has %d parts, and S3 allows %d", *out.PartsCount, maxParts)
	}
	p.state = looked{etag: etag, size: came.size, sized: true}
	p.ends[came.first] = came.last
	return nil
}

// join reports whether the pieces are a range; a last byte that is open is that of the
// object.
func (p *pieces) join(wanted byteRange) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	next, last, _ := wanted.within(p.state.size)
	for range p.ends {
		end, ok := p.ends[next]
		if !ok {
			return notAsked("byte %d of %d is missing or came twice", next, p.state.size)
		}
		next = end + 1
	}
	if next != last+1 {
		return notAsked("the bytes to %d came, and those to %d were asked for", next-1, last)
	}
	return nil
}
