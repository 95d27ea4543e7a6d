// Package kit is the code that the tools of all nouns share: it resolves connection,
// account and region, reads listings, turns AWS errors into faults, and reads logs.
// The package of a noun imports kit, and no other noun.
package kit

import (
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/store"
)

// Kit gives tools their connections to AWS and the store. It is safe for concurrent use.
type Kit struct {
	// Pool returns the connections. It is called only when a tool needs them, so that
	// tools can be listed where nothing is configured.
	Pool func() (*awsapi.Pool, error)
	// Store returns the store of snapshots. It, too, is called only when a tool needs it.
	Store func() (*store.Store, error)
}
