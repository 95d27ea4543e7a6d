package sources

import (
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/iam"
	"github.com/hawser/hawser/internal/collect/org"
	"github.com/hawser/hawser/internal/collect/sso"
)

// New makes an engine that reads all services.
func New() *collect.Engine { return collect.New(org.Service(), sso.Service(), iam.Service()) }

// FromFiles reads what the aws CLI printed: of get-account-authorization-details
// for an account, and of the organization's calls, put together as
// docs/snapshot.md says. Either may be nil. The error is Invalid.
func FromFiles(details *collect.Printed, account string, organization *collect.Printed) (collect.Cells, error) {
	cells := &collect.CellList{}
	if details != nil {
		if err := iam.FromFile(cells, *details, account); err != nil {
			return nil, err
		}
	}
	if organization != nil {
		if err := org.FromFile(cells, *organization, account); err != nil {
			return nil, err
		}
	}
	return cells, nil
}
