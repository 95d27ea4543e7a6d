package toolbox

import (
	"slices"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/audit"
	"github.com/hawser/hawser/internal/toolbox/cloudwatch"
	"github.com/hawser/hawser/internal/toolbox/connections"
	"github.com/hawser/hawser/internal/toolbox/ec2"
	"github.com/hawser/hawser/internal/toolbox/identity"
	"github.com/hawser/hawser/internal/toolbox/kit"
	"github.com/hawser/hawser/internal/toolbox/lambda"
	"github.com/hawser/hawser/internal/toolbox/rds"
	"github.com/hawser/hawser/internal/toolbox/s3"
	"github.com/hawser/hawser/internal/toolbox/secretsmanager"
	"github.com/hawser/hawser/internal/toolbox/setup"
	"github.com/hawser/hawser/internal/toolbox/sync"
)

// Sources are what the tools work on. Pool and Store are asked for when a tool
// first needs them, so that the tools can be listed without a configuration.
type Sources struct {
	// Pool gives the connections to AWS.
	Pool func() (*awsapi.Pool, error)
	// Audit reads the audit log.
	Audit audit.Log
	// Store gives the store of snapshots.
	Store func() (*store.Store, error)
	// People is the configured mapping of identities to people; it may be nil.
	People func() (correlate.Mapping, error)
	// Retention is how long snapshots are kept, 0 for ever; it may be nil.
	Retention func() (time.Duration, error)
}

// Tools lists every tool, noun by noun. They are safe for concurrent use.
func Tools(s Sources) []*tool.Tool {
	k := &kit.Kit{Pool: s.Pool, Store: s.Store}
	var all []*tool.Tool
	all = slices.Concat(
		connections.Tools(k),
		audit.Tools(s.Audit, func() []*tool.Tool { return all }),
		sync.Tools(k, s.People, s.Retention),
		identity.Tools(k),
		s3.Tools(k),
		ec2.Tools(k),
		lambda.Tools(k),
		rds.Tools(k),
		cloudwatch.Tools(k),
		secretsmanager.Tools(k),
		setup.Tools(k, func() []*tool.Tool { return all }),
	)
	return all
}
