package app

import (
	"context"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/web"
)

// Ready checks whether callers can be authenticated and their calls recorded.
// Tokens may be nil if nobody has one.
func (a *App) Ready(tokens *auth.Tokens) func(context.Context) error {
	return func(ctx context.Context) error {
		if tokens != nil {
			if _, err := tokens.List(); err != nil {
				return err
			}
		}
		log, err := a.log()
		if err != nil {
			return err
		}
		return log.Ready(ctx)
	}
}

// AWSCounts returns the counts of calls to AWS so far, for the metrics.
func (a *App) AWSCounts() []web.APICount {
	pool, err := a.pool()
	if err != nil {
		return nil
	}
	var counts []web.APICount
	for _, s := range pool.Stats() {
		count := web.APICount{
			Region: s.Region, Service: s.Service, Operation: s.Operation,
			Attempts: s.Attempts, Failures: s.Failures, Throttled: s.Throttled,
		}
		if arn.IsAccount(s.Account) {
			count.Account = s.Account
		} else {
			count.Connection = s.Account
		}
		counts = append(counts, count)
	}
	return counts
}
