package kit

import (
	"context"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
)

// Within returns the gate of a pool that is kept to some accounts: it refuses
// calls whose input names something of another account, before anybody is asked
// about them. What a call reaches nevertheless, the pool's sessions refuse.
func Within(pool *awsapi.Pool) tool.Gate { return within{pool} }

type within struct{ pool *awsapi.Pool }

// Admit implements tool.Gate. The error is Refused.
func (w within) Admit(_ context.Context, a tool.Attempt) error {
	for _, named := range tool.Names(a.Input) {
		if account := arn.AccountIn(named.Text); account != "" {
			if err := w.pool.MayReach(account, named.Field); err != nil {
				return err
			}
		}
	}
	return nil
}
