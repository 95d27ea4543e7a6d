package toolbox

import (
	"slices"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
)

// Box makes the tools. It is safe for concurrent use.
type Box struct {
	pool    func() (*awsapi.Pool, error)
	audit   AuditLog
	homes   bucketHomes
	buffers buffers // of downloads
}

// New makes a box whose tools reach AWS through the pool's connections and read
// the audit log. The pool is asked for when a tool first needs it, so that the
// tools can be listed where no connection is configured.
func New(pool func() (*awsapi.Pool, error), log AuditLog) *Box {
	return &Box{pool: pool, audit: log}
}

// Tools lists every tool, noun by noun.
func (b *Box) Tools() []*tool.Tool {
	return slices.Concat(
		b.connectionTools(),
		b.auditTools(),
		b.s3Tools(),
		b.ec2Tools(),
		b.lambdaTools(),
		b.rdsTools(),
		b.cloudwatchTools(),
	)
}
