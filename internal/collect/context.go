package collect

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/snapshot"
)

// readContext is what a reading gets: the place that it reads, and what is
// known already.
type readContext struct {
	context.Context
	session *awsapi.Session
	account string
	region  string // of the service, empty where it has none
	options Options
	book    Book
	// seen is what other readings of the place read in this run.
	seen *seen
}

func (ctx readContext) iam() *iam.Client { return awsapi.Client(ctx.session, iam.NewFromConfig) }

func (ctx readContext) organizations() *organizations.Client {
	return awsapi.Client(ctx.session, organizations.NewFromConfig)
}

func (ctx readContext) sso() *ssoadmin.Client {
	return awsapi.Client(ctx.session, ssoadmin.NewFromConfig)
}

func (ctx readContext) identities() *identitystore.Client {
	return awsapi.Client(ctx.session, identitystore.NewFromConfig)
}

// sleep waits, as the options say: tests make time pass faster.
func (ctx readContext) sleep(c context.Context, d time.Duration) error {
	timer := time.NewTimer(ctx.options.scaled(d))
	defer timer.Stop()
	select {
	case <-c.Done():
		return c.Err()
	case <-timer.C:
		return nil
	}
}

// each gives the entities of a filter that are in the picture now.
func (ctx readContext) each(f snapshot.Filter, do func(snapshot.Seen) error) error {
	return each(ctx, ctx.book, f, do)
}

func each(ctx context.Context, book Book, f snapshot.Filter, do func(snapshot.Seen) error) error {
	for e, err := range snapshot.All(ctx, book, f) {
		if err == nil {
			err = do(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nameOf is the name at the end of an IAM entity's ARN.
func nameOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
