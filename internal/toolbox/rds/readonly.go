package rds

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// What kept a call from writing, as queryOutput says it.
const (
	byTransaction = "transaction"
	byStatement   = "statement"
)

// rollbackTime is how long the end of a transaction is waited for. One that is
// not ended rolls back by itself after three minutes.
const rollbackTime = 5 * time.Second

// statement runs the statement of a call, in a transaction unless that is empty.
type statement func(ctx context.Context, client *rdsdata.Client, transaction string) (queryOutput, error)

// runReadOnly runs a statement that provably only reads, in a read-only
// transaction where the caller gave none and the cluster lets them have one.
// Elsewhere the proof must do. For a statement that may call what somebody made
// it does so only in MySQL, which has no such calls: there alone the database
// itself refuses to make the transaction read-only.
func (b *box) runReadOnly(ctx context.Context, client *rdsdata.Client, in queryInput, session *awsapi.Session, do statement) (queryOutput, error) {
	at := clusterOfCaller{session.Target().Connection, in.ResourceARN, in.SecretARN}
	needed := needsTransaction(in.SQL)
	if unfit, mysql := b.unfit.has(at); in.TransactionID != "" || unfit {
		if needed && !mysql {
			return queryOutput{}, notHeld()
		}
		return byProof(ctx, client, in.TransactionID, do)
	}
	transaction, err := in.begin(ctx, client)
	if err != nil {
		denied := b.unfit.learn(at, err, "rds-data:BeginTransaction")
		switch {
		case denied && needed:
			return queryOutput{}, notHeld()
		case (denied || definite(err)) && !needed:
			return byProof(ctx, client, "", do)
		}
		return queryOutput{}, err
	}
	answer, err := in.within(ctx, client, transaction, do)
	b.unfit.learn(at, in.rollBack(ctx, client, transaction), "rds-data:RollbackTransaction")
	var unset *notReadOnly
	if !errors.As(err, &unset) {
		return answer, err
	}
	if unset.definite() {
		b.unfit.add(at, true)
	} else if needed {
		return queryOutput{}, unset.error
	}
	return byProof(ctx, client, "", do)
}

// notHeld is the fault for a statement whose text alone does not prove enough.
func notHeld() error {
	return fault.New(fault.Refused, "the statement may run only in a read-only transaction, which is not available to this caller on this cluster").
		WithCause("in PostgreSQL a name after another name and a dot, an operator or type that is not built in, or a backtick may call a user-defined function").At("sql").
		WithFix("allow the caller rds-data:BeginTransaction and rds-data:RollbackTransaction, or write columns without their table and use only built-in operators and types")
}

// byProof runs a statement that nothing but its text keeps from writing.
func byProof(ctx context.Context, client *rdsdata.Client, transaction string, do statement) (queryOutput, error) {
	answer, err := do(ctx, client, transaction)
	answer.ReadOnly = byStatement
	return answer, err
}

// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_BeginTransaction.html
func (in queryInput) begin(ctx context.Context, client *rdsdata.Client) (string, error) {
	out, err := client.BeginTransaction(ctx, &rdsdata.BeginTransactionInput{
		ResourceArn: &in.ResourceARN, SecretArn: &in.SecretARN, Database: kit.Optional(in.Database),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.TransactionId), nil
}

// notReadOnly is the refusal to make a transaction read-only.
type notReadOnly struct{ error }

// definite reports a refusal of the database itself.
func (n *notReadOnly) definite() bool {
	var refused *types.DatabaseErrorException
	return errors.As(n.error, &refused)
}

// within makes the open transaction read-only and runs the statement in it.
// PostgreSQL lets a transaction become read-only at any time. MySQL only lets
// the next one, which the Data API gives no way to begin.
//
// https://www.postgresql.org/docs/current/sql-set-transaction.html
// https://dev.mysql.com/doc/refman/8.0/en/set-transaction.html
func (in queryInput) within(ctx context.Context, client *rdsdata.Client, transaction string, do statement) (queryOutput, error) {
	_, err := client.ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
		ResourceArn: &in.ResourceARN, SecretArn: &in.SecretARN, Database: kit.Optional(in.Database), TransactionId: &transaction,
		Sql: aws.String("SET TRANSACTION READ ONLY"),
	})
	switch {
	case err != nil && definite(err):
		return queryOutput{}, &notReadOnly{err}
	case err != nil:
		return queryOutput{}, err
	}
	answer, err := do(ctx, client, transaction)
	answer.ReadOnly = byTransaction
	return answer, err
}

// rollBack ends the transaction, also where the call was canceled. Its failure
// is not a failure of the call, which has its rows, and the transaction ends by
// itself then.
//
// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_RollbackTransaction.html
func (in queryInput) rollBack(ctx context.Context, client *rdsdata.Client, transaction string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_, err := client.RollbackTransaction(ctx, &rdsdata.RollbackTransactionInput{
		ResourceArn: &in.ResourceARN, SecretArn: &in.SecretARN, TransactionId: &transaction,
	})
	return err
}

// definite reports an answer that would be the same again, of a service that
// has no transactions or does not give them to the caller. Where it says
// something else the statement's own answer will say so too.
func definite(err error) bool {
	var answered interface{ HTTPStatusCode() int }
	switch awserr.Fault(err).Kind {
	case fault.Endpoint: // such as the 404 page of a server that does not know the operation
		return errors.As(err, &answered) && answered.HTTPStatusCode() == http.StatusNotFound
	case fault.Denied, fault.Invalid, fault.NotFound, fault.Conflict, fault.Unsupported:
		return true
	default:
		return false
	}
}

// clusterOfCaller is a cluster, with who asks it and as which database user.
type clusterOfCaller struct{ connection, cluster, secret string }

// Bounds of what is remembered of clusters.
const (
	maxUnfit  = 1000
	unfitTime = time.Hour // rights may be given meanwhile
)

// unfitClusters are the clusters that are known to give the caller no read-only
// transactions, so that they are not asked each time.
type unfitClusters struct {
	mu    sync.Mutex
	known map[clusterOfCaller]unfitCluster
}

type unfitCluster struct {
	until time.Time
	mysql bool // the database refused; elsewhere the caller's rights do not suffice
}

func (u *unfitClusters) has(c clusterOfCaller) (unfit, mysql bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	known := u.known[c]
	return time.Now().Before(known.until), known.mysql
}

// add remembers a cluster. When there are too many, all are forgotten.
func (u *unfitClusters) add(c clusterOfCaller, mysql bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.known == nil || len(u.known) >= maxUnfit {
		u.known = map[clusterOfCaller]unfitCluster{}
	}
	u.known[c] = unfitCluster{time.Now().Add(unfitTime), mysql}
}

// learn remembers a cluster where the caller is denied the action itself, and
// reports whether it is so.
func (u *unfitClusters) learn(c clusterOfCaller, err error, action string) bool {
	f := awserr.Fault(err)
	if f == nil || f.Kind != fault.Denied || f.Action != action {
		return false
	}
	u.add(c, false)
	return true
}
