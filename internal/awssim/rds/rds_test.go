package rds_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	simrds "github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func postgres(id string) *rds.CreateDBInstanceInput {
	return &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String(id), Engine: aws.String("postgres"), EngineVersion: aws.String("16"),
		DBInstanceClass: aws.String("db.t4g.micro"), AllocatedStorage: aws.Int32(20),
		MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("data")}},
	}
}

func aurora(id string) *rds.CreateDBClusterInput {
	return &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String(id), Engine: aws.String("aurora-postgresql"), DatabaseName: aws.String("shop"),
		MasterUsername: aws.String("ada"), MasterUserPassword: aws.String("correct horse"), EnableHttpEndpoint: aws.Bool(true),
	}
}

func TestDBInstanceLife(t *testing.T) {
	sim := simtest.Start(t)
	client := rds.NewFromConfig(sim.Config())
	ctx := t.Context()
	get := func() types.DBInstance {
		t.Helper()
		out, err := client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("Main")})
		if err != nil {
			t.Fatal(err)
		}
		return out.DBInstances[0]
	}
	var states []string
	note := func(passes time.Duration) {
		t.Helper()
		states = append(states, *get().DBInstanceStatus)
		sim.Clock.Advance(passes)
		states = append(states, *get().DBInstanceStatus)
	}
	if _, err := client.CreateDBInstance(ctx, postgres("Main")); err != nil {
		t.Fatal(err)
	}
	if d := get(); d.Endpoint != nil || *d.EngineVersion != "16.9" || *d.DBInstanceIdentifier != "main" {
		t.Errorf("while it is being created: endpoint %v, version %s, id %s", d.Endpoint, *d.EngineVersion, *d.DBInstanceIdentifier)
	}
	note(5 * time.Minute)
	if *get().Endpoint.Port != 5432 {
		t.Errorf("port %d", *get().Endpoint.Port)
	}
	if _, err := client.StopDBInstance(ctx, &rds.StopDBInstanceInput{DBInstanceIdentifier: aws.String("main")}); err != nil {
		t.Fatal(err)
	}
	note(5 * time.Minute)
	_, err := client.RebootDBInstance(ctx, &rds.RebootDBInstanceInput{DBInstanceIdentifier: aws.String("main")})
	simtest.WantCode(t, err, "InvalidDBInstanceState", "not in available state")
	if _, err := client.StartDBInstance(ctx, &rds.StartDBInstanceInput{DBInstanceIdentifier: aws.String("main")}); err != nil {
		t.Fatal(err)
	}
	note(5 * time.Minute)
	_, err = client.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("main")})
	simtest.WantCode(t, err, "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required")
	if _, err := client.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("main"), SkipFinalSnapshot: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	states = append(states, *get().DBInstanceStatus)
	sim.Clock.Advance(5 * time.Minute)
	_, err = client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("main")})
	simtest.WantCode(t, err, "DBInstanceNotFound", "DBInstance main not found.")
	want := []string{"creating", "available", "stopping", "stopped", "starting", "available", "deleting"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}

func TestModifyDBInstance(t *testing.T) {
	sim := simtest.Start(t)
	client := rds.NewFromConfig(sim.Config())
	if _, err := simrds.AddDBInstance(sim.World, simtest.Account, "us-east-1", postgres("main")); err != nil {
		t.Fatal(err)
	}
	modify := func(now bool, class string) *types.DBInstance {
		out, err := client.ModifyDBInstance(t.Context(), &rds.ModifyDBInstanceInput{
			DBInstanceIdentifier: aws.String("main"), ApplyImmediately: &now, DBInstanceClass: &class, DeletionProtection: aws.Bool(true),
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.DBInstance
	}
	later := modify(false, "db.t4g.small")
	if *later.DBInstanceClass != "db.t4g.micro" || *later.PendingModifiedValues.DBInstanceClass != "db.t4g.small" || !*later.DeletionProtection {
		t.Errorf("in the next maintenance: class %s, pending %v", *later.DBInstanceClass, later.PendingModifiedValues)
	}
	modify(true, "db.t4g.large")
	sim.Clock.Advance(2 * time.Minute)
	out, err := client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{})
	if err != nil || *out.DBInstances[0].DBInstanceClass != "db.t4g.large" || *out.DBInstances[0].DBInstanceStatus != "available" {
		t.Errorf("at once: %v, %v", out, err)
	}
	_, err = client.DeleteDBInstance(t.Context(), &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("main"), SkipFinalSnapshot: aws.Bool(true)})
	simtest.WantCode(t, err, "InvalidParameterCombination", "deletion protection")
}

func TestDescribeDBInstancesPages(t *testing.T) {
	sim := simtest.Start(t)
	client := rds.NewFromConfig(sim.Config())
	for i := range 45 {
		if _, err := simrds.AddDBInstance(sim.World, simtest.Account, "us-east-1", postgres(fmt.Sprintf("db%02d", i))); err != nil {
			t.Fatal(err)
		}
	}
	var sizes []int
	for pages := rds.NewDescribeDBInstancesPaginator(client, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(20)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.DBInstances))
	}
	if diff := cmp.Diff([]int{20, 20, 5}, sizes); diff != "" {
		t.Error(diff)
	}
	_, err := client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(5)})
	simtest.WantCode(t, err, "InvalidParameterValue", "between 20 and 100")
	out, err := client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{
		Filters: []types.Filter{{Name: aws.String("db-instance-id"), Values: []string{"db07", "db44"}}},
	})
	if err != nil || len(out.DBInstances) != 2 {
		t.Errorf("filtered: %v, %v", out, err)
	}
}

func TestDBCluster(t *testing.T) {
	sim := simtest.Start(t)
	client := rds.NewFromConfig(sim.Config())
	arn, err := simrds.AddDBCluster(sim.World, simtest.Account, "us-east-1", aurora("shop"))
	if err != nil {
		t.Fatal(err)
	}
	member := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("shop-1"), DBClusterIdentifier: aws.String("shop"),
		Engine: aws.String("aurora-postgresql"), DBInstanceClass: aws.String("db.r7g.large"),
	}
	if _, err := client.CreateDBInstance(t.Context(), member); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: &arn})
	if err != nil || len(out.DBClusters[0].DBClusterMembers) != 1 || !*out.DBClusters[0].DBClusterMembers[0].IsClusterWriter {
		t.Fatalf("cluster: %+v, %v", out, err)
	}
	_, err = client.DeleteDBCluster(t.Context(), &rds.DeleteDBClusterInput{DBClusterIdentifier: aws.String("shop"), SkipFinalSnapshot: aws.Bool(true)})
	simtest.WantCode(t, err, "InvalidDBClusterStateFault", "still contains DB instances")
	if _, err := client.AddTagsToResource(t.Context(), &rds.AddTagsToResourceInput{ResourceName: &arn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}); err != nil {
		t.Fatal(err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &rds.ListTagsForResourceInput{ResourceName: &arn})
	if err != nil || len(tags.TagList) != 1 {
		t.Errorf("tags: %v, %v", tags, err)
	}
	_, err = client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("none")})
	simtest.WantCode(t, err, "DBClusterNotFoundFault", "DBCluster none not found.")
}
