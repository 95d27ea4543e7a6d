package rds

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// AddDBCluster makes a cluster that is available at once, for tests and
// demos. The account must exist. It gives the cluster's ARN.
func AddDBCluster(w *awssim.World, account, region string, in *rds.CreateDBClusterInput) (string, error) {
	c := &awssim.Call{World: w, Account: w.Account(account), Region: region}
	out, err := createDBCluster(c, in)
	if err != nil {
		return "", err
	}
	st := of(c)
	defer st.mu.Unlock()
	st.clusters[*out.DBCluster.DBClusterIdentifier].life = dbLife{stays: "available"}
	return *out.DBCluster.DBClusterArn, nil
}

// AddDBInstance makes an instance that is available at once, for tests and
// demos. The account must exist. It gives the instance's ARN.
func AddDBInstance(w *awssim.World, account, region string, in *rds.CreateDBInstanceInput) (string, error) {
	c := &awssim.Call{World: w, Account: w.Account(account), Region: region}
	out, err := createDBInstance(c, in)
	if err != nil {
		return "", err
	}
	st := of(c)
	defer st.mu.Unlock()
	st.instances[*out.DBInstance.DBInstanceIdentifier].life = dbLife{stays: "available"}
	return *out.DBInstance.DBInstanceArn, nil
}

// defaultSubnetGroup is the only subnet group there is: the default VPC's.
func defaultSubnetGroup(c *awssim.Call) *types.DBSubnetGroup {
	group := &types.DBSubnetGroup{
		DBSubnetGroupName: aws.String("default"), DBSubnetGroupDescription: aws.String("default"),
		DBSubnetGroupArn:  aws.String(c.Account.ARN("rds", c.Region, "subgrp:default")),
		SubnetGroupStatus: aws.String("Complete"), VpcId: aws.String("vpc-0123456789abcdef0"), SupportedNetworkTypes: []string{"IPV4"},
	}
	for _, zone := range []string{"a", "b", "c"} {
		group.Subnets = append(group.Subnets, types.Subnet{
			SubnetIdentifier: aws.String("subnet-0123456789abcde0" + zone), SubnetStatus: aws.String("Active"),
			SubnetAvailabilityZone: &types.AvailabilityZone{Name: aws.String(c.Region + zone)},
		})
	}
	return group
}

func describeDBSubnetGroups(c *awssim.Call, in *rds.DescribeDBSubnetGroupsInput) (*rds.DescribeDBSubnetGroupsOutput, error) {
	if in.DBSubnetGroupName != nil && *in.DBSubnetGroupName != "default" {
		return nil, awssim.Errorf("DBSubnetGroupNotFoundFault", "DB subnet group '%s' does not exist.", *in.DBSubnetGroupName)
	}
	return &rds.DescribeDBSubnetGroupsOutput{DBSubnetGroups: []types.DBSubnetGroup{*defaultSubnetGroup(c)}}, nil
}

// describeGlobalClusters: there are none, and Terraform asks for each cluster.
func describeGlobalClusters(_ *awssim.Call, in *rds.DescribeGlobalClustersInput) (*rds.DescribeGlobalClustersOutput, error) {
	if in.GlobalClusterIdentifier != nil {
		return nil, awssim.Errorf("GlobalClusterNotFoundFault", "Global cluster %s not found.", *in.GlobalClusterIdentifier)
	}
	return &rds.DescribeGlobalClustersOutput{}, nil
}

func describeDBEngineVersions(_ *awssim.Call, in *rds.DescribeDBEngineVersionsInput) (*rds.DescribeDBEngineVersionsOutput, error) {
	var all []types.DBEngineVersion
	for _, e := range dbEngines() {
		for i, v := range e.versions {
			last := i == len(e.versions)-1
			if (in.Engine != nil && *in.Engine != e.name) || (aws.ToBool(in.DefaultOnly) && !last) ||
				(in.EngineVersion != nil && v != *in.EngineVersion && !strings.HasPrefix(v, *in.EngineVersion+".")) ||
				(in.DBParameterGroupFamily != nil && *in.DBParameterGroupFamily != e.family(v)) {
				continue
			}
			fits, err := filterDB(in.Filters, map[string]string{
				"db-parameter-group-family": e.family(v), "engine": e.name, "engine-mode": "provisioned", "engine-version": v, "status": "available",
			})
			if err != nil {
				return nil, err
			}
			if !fits {
				continue
			}
			major := strings.TrimPrefix(e.family(v), e.name)
			all = append(all, types.DBEngineVersion{
				Engine: aws.String(e.name), EngineVersion: aws.String(v), DBParameterGroupFamily: aws.String(e.family(v)),
				DBEngineDescription: aws.String(e.description), DBEngineVersionDescription: aws.String(e.description + " " + v),
				Status: aws.String("available"), MajorEngineVersion: &major, SupportsReadReplica: aws.Bool(true),
				SupportsLogExportsToCloudwatchLogs: aws.Bool(true), SupportsGlobalDatabases: aws.Bool(e.aurora()),
				SupportedEngineModes: []string{"provisioned"},
			})
		}
	}
	page, next, err := pageOf(all, in.MaxRecords, in.Marker, func(v types.DBEngineVersion) string { return *v.Engine + "/" + *v.EngineVersion })
	return &rds.DescribeDBEngineVersionsOutput{DBEngineVersions: page, Marker: next}, err
}

// tags finds the tags of an instance or a cluster; st.mu must be held.
func (st *databases) tags(name *string) (*[]types.Tag, error) {
	if a, _ := arn.Parse(aws.ToString(name)); a.Type() == "cluster" {
		cl, err := st.cluster(name)
		if err != nil {
			return nil, err
		}
		return &cl.desc.TagList, nil
	}
	i, err := st.instance(name)
	if err != nil {
		return nil, err
	}
	return &i.desc.TagList, nil
}

func listTags(c *awssim.Call, in *rds.ListTagsForResourceInput) (*rds.ListTagsForResourceOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	tags, err := st.tags(in.ResourceName)
	if err != nil {
		return nil, err
	}
	return &rds.ListTagsForResourceOutput{TagList: slices.Clone(*tags)}, nil
}

func addTags(c *awssim.Call, in *rds.AddTagsToResourceInput) (*rds.AddTagsToResourceOutput, error) {
	var keys []string
	for _, t := range in.Tags {
		keys = append(keys, aws.ToString(t.Key))
	}
	return &rds.AddTagsToResourceOutput{}, changeDBTags(c, in.ResourceName, keys, in.Tags)
}

func removeTags(c *awssim.Call, in *rds.RemoveTagsFromResourceInput) (*rds.RemoveTagsFromResourceOutput, error) {
	return &rds.RemoveTagsFromResourceOutput{}, changeDBTags(c, in.ResourceName, in.TagKeys, nil)
}

// changeDBTags removes the tags with some keys, then adds others.
func changeDBTags(c *awssim.Call, arn *string, keys []string, add []types.Tag) error {
	st := of(c)
	defer st.mu.Unlock()
	tags, err := st.tags(arn)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(*tags), func(t types.Tag) bool { return slices.Contains(keys, aws.ToString(t.Key)) })
	*tags = append(kept, add...)
	return nil
}
