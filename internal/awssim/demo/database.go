package demo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
)

// statements make the shop's tables.
var statements = []string{
	`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total NUMERIC NOT NULL, placed TEXT NOT NULL)`,
	`INSERT INTO orders (id, customer, total, placed) VALUES
	 (8410, 'Ada', 129.9, '2026-11-20'), (8411, 'Grace', 42, '2026-11-20'), (8412, 'O''Hara', 310.25, '2026-11-21'),
	 (8413, 'Edsger', 18.5, '2026-11-21'), (8414, 'Barbara', 225, '2026-11-22')`,
}

// database makes a cluster with its Data API on, a secret to it, and tables.
func (f filler) database(ctx context.Context) error {
	cluster, err := rds.NewFromConfig(f.config).CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String(Database), Engine: aws.String("aurora-postgresql"), DatabaseName: aws.String(Database),
		MasterUsername: aws.String("shop"), ManageMasterUserPassword: aws.Bool(true), EnableHttpEndpoint: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	f.made.Cluster = *cluster.DBCluster.DBClusterArn
	f.made.Secret = *cluster.DBCluster.MasterUserSecret.SecretArn
	client := rdsdata.NewFromConfig(f.config)
	for _, sql := range statements {
		_, err := client.ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
			ResourceArn: &f.made.Cluster, SecretArn: &f.made.Secret, Database: aws.String(Database), Sql: aws.String(sql),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
