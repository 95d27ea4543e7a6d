package rds

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// Data is the RDS Data API on embedded SQLite databases, one for each
// cluster and database name. The SQL is SQLite's, of whichever engine the
// cluster says it is; PostgreSQL's ::casts are dropped.
//
// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/
func Data(*awssim.World) *awssim.Service {
	return &awssim.Service{
		Model: "rds-data", Needs: dataNeedsOf, Invalid: awssim.InvalidAs("BadRequestException"),
		Handlers: map[string]awssim.Handler{
			"ExecuteStatement":      awssim.Op(executeStatement),
			"BatchExecuteStatement": awssim.Op(batchExecuteStatement),
			"BeginTransaction":      awssim.Op(beginTransaction),
			"CommitTransaction":     awssim.Op(commitTransaction),
			"RollbackTransaction":   awssim.Op(rollbackTransaction),
		},
		Unions: []wire.Union{
			wire.UnionOf[types.Field](
				&types.FieldMemberIsNull{}, &types.FieldMemberBooleanValue{}, &types.FieldMemberLongValue{},
				&types.FieldMemberDoubleValue{}, &types.FieldMemberStringValue{}, &types.FieldMemberBlobValue{}, &types.FieldMemberArrayValue{},
			),
			wire.UnionOf[types.ArrayValue](
				&types.ArrayValueMemberBooleanValues{}, &types.ArrayValueMemberLongValues{}, &types.ArrayValueMemberDoubleValues{},
				&types.ArrayValueMemberStringValues{}, &types.ArrayValueMemberArrayValues{},
			),
		},
	}
}

// The Data API's own bounds.
const (
	statementTime = 45 * time.Second
	// shortestStatement is the least real time that a statement has, as the
	// database under it does not run faster where simulated time does.
	shortestStatement = 3 * time.Second
	maxSQL            = 65_536
	maxResult         = 1 << 20 // bytes
)

// dataNeedsOf asks for the call on the cluster, and for its secret, which
// the Data API reads with the caller's permissions.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
func dataNeedsOf(c *awssim.Call, in any) []awssim.Need {
	resource, secret := dataSubject(in)
	ctx := reference.Context{}
	existingKeys(c, ctx, resource)
	return []awssim.Need{{Action: "rds-data:" + c.Operation, Resource: resource, Context: ctx}, secretsmanager.ReadNeed(c, secret)}
}

func dataSubject(in any) (resource, secret string) {
	switch in := in.(type) {
	case *rdsdata.ExecuteStatementInput:
		return aws.ToString(in.ResourceArn), aws.ToString(in.SecretArn)
	case *rdsdata.BatchExecuteStatementInput:
		return aws.ToString(in.ResourceArn), aws.ToString(in.SecretArn)
	case *rdsdata.BeginTransactionInput:
		return aws.ToString(in.ResourceArn), aws.ToString(in.SecretArn)
	case *rdsdata.CommitTransactionInput:
		return aws.ToString(in.ResourceArn), aws.ToString(in.SecretArn)
	case *rdsdata.RollbackTransactionInput:
		return aws.ToString(in.ResourceArn), aws.ToString(in.SecretArn)
	}
	return "", ""
}

// dataTarget is the database that a call is for.
type dataTarget struct {
	cluster, database string
	own               string // the database that the cluster was made with
	mysql             bool
}

// targetOf finds the cluster that a call names, and the secret.
func targetOf(c *awssim.Call, resource, secret, database *string) (dataTarget, error) {
	st := awssim.State[databases](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	cl, err := st.cluster(resource)
	if err != nil || aws.ToString(cl.desc.DBClusterArn) != aws.ToString(resource) {
		return dataTarget{}, awssim.Errorf("DatabaseNotFoundException", "DBCluster %s is not found", aws.ToString(resource))
	}
	if !aws.ToBool(cl.desc.HttpEndpointEnabled) {
		return dataTarget{}, awssim.Errorf("HttpEndpointNotEnabledException", "HttpEndpoint is not enabled for cluster %s. Please refer to https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html#data-api.troubleshooting", aws.ToString(cl.desc.DBClusterIdentifier))
	}
	if status := cl.life.at(c.Now()); status != "available" && status != "modifying" {
		return dataTarget{}, awssim.Errorf("InvalidResourceStateException", "DBCluster %s is in %s state", aws.ToString(cl.desc.DBClusterIdentifier), status)
	}
	if err := cl.wake(c); err != nil {
		return dataTarget{}, err
	}
	if !secretsmanager.Exists(c, aws.ToString(secret)) {
		return dataTarget{}, awssim.Errorf("SecretsErrorException", "The secret %s was not found in Secrets Manager", aws.ToString(secret))
	}
	t := dataTarget{cluster: *cl.desc.DBClusterArn, mysql: *cl.desc.Engine == "aurora-mysql"}
	t.own = clusterDatabase(cl.desc.DatabaseName, t.mysql)
	t.database = t.own
	if database != nil {
		t.database = *database
	}
	return t, nil
}

// resumes is how long a paused cluster takes to resume, roughly.
const resumes = 15 * time.Second

// wake refuses a call on a cluster that had paused, and has it resume. A
// cluster pauses whose least capacity is 0, after some time without a call.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
func (cl *dbCluster) wake(c *awssim.Call) error {
	v2, now := cl.desc.ServerlessV2ScalingConfiguration, c.Now()
	if v2 == nil || v2.MinCapacity == nil || *v2.MinCapacity > 0 {
		return nil
	}
	pause := 5 * time.Minute
	if v2.SecondsUntilAutoPause != nil {
		pause = time.Duration(*v2.SecondsUntilAutoPause) * time.Second
	}
	if !cl.used.IsZero() && now.Sub(cl.used) > c.World.Clock.Scaled(pause) {
		cl.wakes = now.Add(c.World.Clock.Scaled(resumes))
	}
	cl.used = now
	if now.Before(cl.wakes) {
		return awssim.Errorf("DatabaseResumingException", "The Aurora DB instance %s is resuming after being auto-paused. Please wait a few seconds and try again.", *cl.desc.DBClusterIdentifier)
	}
	return nil
}

// clusterDatabase is the database that a call gets which names none.
func clusterDatabase(own *string, mysql bool) string {
	switch {
	case own != nil:
		return *own
	case mysql:
		return "mysql"
	}
	return "postgres"
}

func executeStatement(c *awssim.Call, in *rdsdata.ExecuteStatementInput) (*rdsdata.ExecuteStatementOutput, error) {
	run, err := prepare(c, in.ResourceArn, in.SecretArn, in.Database, in.TransactionId, in.Sql)
	if err != nil {
		return nil, err
	}
	defer run.done()
	result, err := run.statement(in.Parameters)
	if err != nil {
		return nil, err
	}
	return result.output(in, run.target.mysql)
}

// batchExecuteStatement runs a statement once for each set of parameters, all
// or nothing. Without any set it runs nothing, as AWS does.
func batchExecuteStatement(c *awssim.Call, in *rdsdata.BatchExecuteStatementInput) (*rdsdata.BatchExecuteStatementOutput, error) {
	run, err := prepare(c, in.ResourceArn, in.SecretArn, in.Database, in.TransactionId, in.Sql)
	if err != nil {
		return nil, err
	}
	defer run.done()
	out := &rdsdata.BatchExecuteStatementOutput{UpdateResults: []types.UpdateResult{}}
	err = run.atomically(func() error {
		for _, set := range in.ParameterSets {
			result, err := run.statement(set)
			if err != nil {
				return err
			}
			out.UpdateResults = append(out.UpdateResults, types.UpdateResult{GeneratedFields: result.generated(run.target.mysql)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func beginTransaction(c *awssim.Call, in *rdsdata.BeginTransactionInput) (*rdsdata.BeginTransactionOutput, error) {
	t, err := targetOf(c, in.ResourceArn, in.SecretArn, in.Database)
	if err != nil {
		return nil, err
	}
	id, err := awssim.State[dataState](c).begin(c, t)
	if err != nil {
		return nil, err
	}
	return &rdsdata.BeginTransactionOutput{TransactionId: &id}, nil
}

func commitTransaction(c *awssim.Call, in *rdsdata.CommitTransactionInput) (*rdsdata.CommitTransactionOutput, error) {
	if err := endTransaction(c, in.ResourceArn, in.SecretArn, in.TransactionId, "COMMIT"); err != nil {
		return nil, err
	}
	return &rdsdata.CommitTransactionOutput{TransactionStatus: aws.String("Transaction Committed")}, nil
}

func rollbackTransaction(c *awssim.Call, in *rdsdata.RollbackTransactionInput) (*rdsdata.RollbackTransactionOutput, error) {
	if err := endTransaction(c, in.ResourceArn, in.SecretArn, in.TransactionId, "ROLLBACK"); err != nil {
		return nil, err
	}
	return &rdsdata.RollbackTransactionOutput{TransactionStatus: aws.String("Rollback Complete")}, nil
}

func endTransaction(c *awssim.Call, resource, secret, id *string, how string) error {
	if _, err := targetOf(c, resource, secret, nil); err != nil {
		return err
	}
	tx, err := awssim.State[dataState](c).take(c, aws.ToString(id))
	if err != nil {
		return err
	}
	defer tx.mu.Unlock()
	return tx.end(how)
}

// SeedDatabase runs statements on a cluster's database, which it makes where
// there is none, for tests and demos. The cluster must exist.
func SeedDatabase(w *awssim.World, clusterARN, database string, statements ...string) error {
	cluster, _ := arn.Parse(clusterARN)
	if cluster.Type() != "cluster" || w.Account(cluster.Account) == nil {
		return awssim.Errorf("BadRequestException", "%s is not the ARN of a cluster", clusterARN)
	}
	st := awssim.StateOf[dataState](w, cluster.Account, cluster.Region)
	st.add(clusterARN, database)
	db, err := st.database(dataTarget{cluster: clusterARN, database: database})
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			return databaseError(err)
		}
	}
	return nil
}
