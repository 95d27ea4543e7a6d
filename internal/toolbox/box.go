package toolbox

import (
	"slices"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
)

// Box makes the tools. It is safe for concurrent use.
type Box struct {
	pool  *awsapi.Pool
	homes bucketHomes
}

// New makes a box whose tools reach AWS through the pool's connections.
func New(pool *awsapi.Pool) *Box { return &Box{pool: pool} }

// Tools lists every tool, noun by noun.
func (b *Box) Tools() []*tool.Tool {
	return slices.Concat(
		b.s3Tools(),
	)
}
