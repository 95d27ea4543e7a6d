package toolbox

import (
	"slices"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
)

// Box makes the tools. It is safe for concurrent use.
type Box struct {
	pool    func() (*awsapi.Pool, error)
	audit   AuditLog
	store   func() (*store.Store, error)
	people  func() (correlate.Mapping, error)
	homes   bucketHomes
	buffers buffers // of downloads
	unfit   unfitClusters
}

// New makes a box whose tools reach AWS through the pool's connections, read the
// audit log and keep pictures in the store. Pool and store are asked for when a
// tool first needs them, so that the tools can be listed where nothing is
// configured. People gives identities to people by hand; it may be nil.
func New(
	pool func() (*awsapi.Pool, error), log AuditLog, store func() (*store.Store, error), people func() (correlate.Mapping, error),
) *Box {
	return &Box{pool: pool, audit: log, store: store, people: people}
}

// Tools lists every tool, noun by noun.
func (b *Box) Tools() []*tool.Tool {
	return slices.Concat(
		b.connectionTools(),
		b.auditTools(),
		b.syncTools(),
		b.identityTools(),
		b.s3Tools(),
		b.ec2Tools(),
		b.lambdaTools(),
		b.rdsTools(),
		b.cloudwatchTools(),
	)
}
