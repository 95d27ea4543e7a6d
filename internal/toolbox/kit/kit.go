// Package kit is what the tools of all nouns share: where a call goes, how a listing
// is read, what AWS's answers and refusals mean, and reading logs. A package of a
// noun imports it and no other noun.
package kit

import (
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/store"
)

// Kit is what tools reach AWS and the store by. It is safe for concurrent use.
type Kit struct {
	// Pool gives the connections. It is asked when a tool first needs them, so that
	// tools can be listed where nothing is configured.
	Pool func() (*awsapi.Pool, error)
	// Store gives the store of snapshots, as late.
	Store func() (*store.Store, error)
}
