package rds

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type listInput struct {
	tool.Target
	tool.Fan
	tool.Page
	Kind   string `json:"kind,omitempty" jsonschema:"instances or clusters; default: both" enum:"instance,cluster"`
	Engine string `json:"engine,omitempty" jsonschema:"only of this engine, such as postgres or aurora-mysql"`
}

// entry is one instance or cluster.
type entry struct {
	ID            string            `json:"id" column:"ID"`
	Kind          string            `json:"kind" column:"KIND" jsonschema:"instance or cluster"`
	Engine        string            `json:"engine" column:"ENGINE"`
	EngineVersion string            `json:"engine_version"`
	Status        string            `json:"status" column:"STATUS" room:"last"`
	Class         string            `json:"class,omitempty" column:"CLASS" room:"first" jsonschema:"the instance class"`
	ARN           string            `json:"arn"`
	Account       string            `json:"account" jsonschema:"the account it belongs to"`
	Region        string            `json:"region" jsonschema:"the bucket's region"`
	Place         string            `json:"-" column:"WHERE" room:"first"`
	Cluster       string            `json:"cluster,omitempty" jsonschema:"the cluster that an instance belongs to"`
	Members       []string          `json:"members,omitempty" jsonschema:"the instances of a cluster, the writer first"`
	Database      string            `json:"database,omitempty" jsonschema:"the database that was made with it"`
	Endpoint      string            `json:"endpoint,omitempty" jsonschema:"host name to connect to"`
	Port          int32             `json:"port,omitempty"`
	DataAPI       *bool             `json:"data_api,omitempty" jsonschema:"whether rds.query reaches the cluster"`
	StorageGiB    int32             `json:"storage_gib,omitempty"`
	MultiAZ       bool              `json:"multi_az"`
	Encrypted     bool              `json:"encrypted"`
	Public        bool              `json:"public" jsonschema:"reachable from outside of its VPC"`
	Protected     bool              `json:"deletion_protection"`
	Created       *time.Time        `json:"created,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "rds.list", Items: "databases",
		Lists:   map[string]string{"rds.arn": "arn"},
		Summary: "List database instances and clusters",
		Effect:  tool.Read, Idempotent: true, Default: true, Args: []string{"kind"},
		Forms: []tool.Form{
			{Verb: "describe-db-instances", Sets: `{"kind": "instance"}`, Flags: kit.PageFlags()},
			{Verb: "describe-db-clusters", Sets: `{"kind": "cluster"}`, Flags: kit.PageFlags()},
		},
		Needs: []tool.Need{
			{Action: "rds:DescribeDBInstances", Resource: "arn:{partition}:rds:{region}:{account}:db:*", When: tool.Condition{Not: map[string]string{"kind": "cluster"}}},
			{Action: "rds:DescribeDBClusters", Resource: "arn:{partition}:rds:{region}:{account}:cluster:*", When: tool.Condition{Not: map[string]string{"kind": "instance"}}},
		},
		Examples: []tool.Example{
			{Does: "list all databases of the region", Input: `{}`},
			{Does: "list the Aurora PostgreSQL clusters everywhere", Input: `{"kind": "cluster", "engine": "aurora-postgresql", "all_regions": true, "all_accounts": true}`},
		},
	}, b.listDatabases)
}

func (b *box) listDatabases(ctx context.Context, _ *tool.Call, in listInput) (tool.List[entry], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[entry], error) {
			batch, err := in.page(ctx, s, token, limit)
			for i := range batch.Items {
				e := &batch.Items[i]
				e.Account, e.Region = s.Account, s.Region
				e.Place = kit.LocationOf(in.Fan, s)
			}
			return batch, err
		})
}

// page reads one page of a region: the instances first, then the clusters. Its
// token is the sort and RDS's own marker.
func (in listInput) page(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[entry], error) {
	kind, marker, _ := strings.Cut(token, ":")
	if token == "" {
		if kind = in.Kind; kind == "" {
			kind = "instance"
		}
	}
	client, size := awsapi.Client(s, rds.NewFromConfig), aws.Int32(max(*kit.PageSize(limit, 100), 20))
	var batch tool.Batch[entry]
	var err error
	switch kind {
	case "instance":
		batch, err = in.instances(ctx, client, marker, size)
	case "cluster":
		batch, err = in.clusters(ctx, client, marker, size)
	default:
		return batch, fault.New(fault.Invalid, "the cursor is not from this listing").At("cursor").
			WithFix("pass the cursor exactly as an answer gave it, or omit it to start again")
	}
	switch {
	case batch.Next != "":
		batch.Next = kind + ":" + batch.Next
	case kind == "instance" && in.Kind == "":
		batch.Next = "cluster:"
	}
	return batch, err
}

func (in listInput) filters() []types.Filter {
	if in.Engine == "" {
		return nil
	}
	return []types.Filter{{Name: aws.String("engine"), Values: []string{in.Engine}}}
}

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html
func (in listInput) instances(ctx context.Context, client *rds.Client, marker string, size *int32) (tool.Batch[entry], error) {
	out, err := client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{Filters: in.filters(), Marker: kit.Optional(marker), MaxRecords: size})
	if err != nil {
		return tool.Batch[entry]{}, err
	}
	batch := tool.Batch[entry]{Next: aws.ToString(out.Marker)}
	for _, d := range out.DBInstances {
		e := entry{
			Kind: "instance", ID: aws.ToString(d.DBInstanceIdentifier), ARN: aws.ToString(d.DBInstanceArn), Class: aws.ToString(d.DBInstanceClass),
			Engine: aws.ToString(d.Engine), EngineVersion: aws.ToString(d.EngineVersion), Status: aws.ToString(d.DBInstanceStatus),
			Cluster: aws.ToString(d.DBClusterIdentifier), Database: aws.ToString(d.DBName), StorageGiB: aws.ToInt32(d.AllocatedStorage),
			MultiAZ: aws.ToBool(d.MultiAZ), Encrypted: aws.ToBool(d.StorageEncrypted), Public: aws.ToBool(d.PubliclyAccessible),
			Protected: aws.ToBool(d.DeletionProtection), Created: d.InstanceCreateTime, Tags: tagMap(d.TagList),
		}
		if d.Endpoint != nil {
			e.Endpoint, e.Port = aws.ToString(d.Endpoint.Address), aws.ToInt32(d.Endpoint.Port)
		}
		batch.Items = append(batch.Items, e)
	}
	return batch, nil
}

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html
func (in listInput) clusters(ctx context.Context, client *rds.Client, marker string, size *int32) (tool.Batch[entry], error) {
	out, err := client.DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{Filters: in.filters(), Marker: kit.Optional(marker), MaxRecords: size})
	if err != nil {
		return tool.Batch[entry]{}, err
	}
	batch := tool.Batch[entry]{Next: aws.ToString(out.Marker)}
	for _, d := range out.DBClusters {
		dataAPI := aws.ToBool(d.HttpEndpointEnabled)
		batch.Items = append(batch.Items, entry{
			Kind: "cluster", ID: aws.ToString(d.DBClusterIdentifier), ARN: aws.ToString(d.DBClusterArn), Class: aws.ToString(d.DBClusterInstanceClass),
			Engine: aws.ToString(d.Engine), EngineVersion: aws.ToString(d.EngineVersion), Status: aws.ToString(d.Status),
			Members: clusterMembers(d.DBClusterMembers), Database: aws.ToString(d.DatabaseName), DataAPI: &dataAPI,
			Endpoint: aws.ToString(d.Endpoint), Port: aws.ToInt32(d.Port),
			MultiAZ: aws.ToBool(d.MultiAZ), Encrypted: aws.ToBool(d.StorageEncrypted), Public: aws.ToBool(d.PubliclyAccessible),
			Protected: aws.ToBool(d.DeletionProtection), Created: d.ClusterCreateTime, Tags: tagMap(d.TagList),
		})
	}
	return batch, nil
}

func clusterMembers(members []types.DBClusterMember) []string {
	var writers, readers []string
	for _, m := range members {
		if id := aws.ToString(m.DBInstanceIdentifier); aws.ToBool(m.IsClusterWriter) {
			writers = append(writers, id)
		} else {
			readers = append(readers, id)
		}
	}
	return append(writers, readers...)
}

func tagMap(tags []types.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}
