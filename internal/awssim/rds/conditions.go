package rds

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// conditionsOf returns the condition keys of a request about an instance or cluster.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html#amazonrds-policy-keys
func conditionsOf(c *awssim.Call, resource string, in any) reference.Context {
	ctx := reference.Context{}
	switch in := in.(type) {
	case *rds.CreateDBInstanceInput:
		instanceKeys(ctx, &types.DBInstance{
			DBInstanceClass: in.DBInstanceClass, Engine: in.Engine, DBName: in.DBName, MultiAZ: in.MultiAZ, Iops: in.Iops,
			AllocatedStorage: in.AllocatedStorage, StorageEncrypted: in.StorageEncrypted, PubliclyAccessible: in.PubliclyAccessible,
		})
		requestKeys(ctx, tagsOf(in.Tags, in.TagSpecifications))
	case *rds.CreateDBClusterInput:
		clusterKeys(ctx, &types.DBCluster{
			Engine: in.Engine, DatabaseName: in.DatabaseName, Iops: in.Iops, AllocatedStorage: in.AllocatedStorage, StorageEncrypted: in.StorageEncrypted,
		})
		requestKeys(ctx, tagsOf(in.Tags, in.TagSpecifications))
	case *rds.AddTagsToResourceInput:
		requestKeys(ctx, in.Tags)
		existingKeys(c, ctx, resource)
	default:
		existingKeys(c, ctx, resource)
	}
	return ctx
}

// existingKeys adds the keys of what is there.
func existingKeys(c *awssim.Call, ctx reference.Context, resource string) {
	st := of(c)
	defer st.mu.Unlock()
	if a, _ := arn.Parse(resource); a.Type() == "cluster" {
		if cl, err := st.cluster(&resource); err == nil {
			clusterKeys(ctx, &cl.desc)
			resourceKeys(ctx, cl.desc.TagList, "rds:cluster-tag/")
		}
		return
	}
	if i, err := st.instance(&resource); err == nil {
		instanceKeys(ctx, &i.desc)
		resourceKeys(ctx, i.desc.TagList, "rds:db-tag/")
	}
}

func instanceKeys(ctx reference.Context, d *types.DBInstance) {
	text(ctx, "rds:databaseclass", d.DBInstanceClass)
	text(ctx, "rds:databaseengine", d.Engine)
	text(ctx, "rds:databasename", d.DBName)
	number(ctx, "rds:piops", d.Iops)
	number(ctx, "rds:storagesize", d.AllocatedStorage)
	for key, is := range map[string]*bool{"rds:multiaz": d.MultiAZ, "rds:storageencrypted": d.StorageEncrypted, "rds:publiclyaccessible": d.PubliclyAccessible} {
		ctx[key] = []string{strconv.FormatBool(aws.ToBool(is))}
	}
	ctx["rds:vpc"] = []string{"true"}
}

func clusterKeys(ctx reference.Context, d *types.DBCluster) {
	text(ctx, "rds:databaseengine", d.Engine)
	text(ctx, "rds:databasename", d.DatabaseName)
	number(ctx, "rds:piops", d.Iops)
	number(ctx, "rds:storagesize", d.AllocatedStorage)
	ctx["rds:storageencrypted"] = []string{strconv.FormatBool(aws.ToBool(d.StorageEncrypted))}
}

func text(ctx reference.Context, key string, value *string) {
	if value != nil {
		ctx[key] = []string{*value}
	}
}

func number(ctx reference.Context, key string, value *int32) {
	if value != nil {
		ctx[key] = []string{strconv.Itoa(int(*value))}
	}
}

// requestKeys adds RDS's own keys of the tags that a request gives.
func requestKeys(ctx reference.Context, tags []types.Tag) {
	for _, t := range tags {
		ctx["rds:req-tag/"+aws.ToString(t.Key)] = []string{aws.ToString(t.Value)}
	}
}

func resourceKeys(ctx reference.Context, list []types.Tag, own string) {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	awssim.ResourceTags(ctx, tags, own)
}
