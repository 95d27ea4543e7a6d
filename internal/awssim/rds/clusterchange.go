package rds

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awssim"
)

func modifyDBCluster(c *awssim.Call, in *rds.ModifyDBClusterInput) (*rds.ModifyDBClusterOutput, error) {
	d, err := changeCluster(c, in.DBClusterIdentifier, "available", func(cl *dbCluster) error {
		if err := checkMonitoring(c, *cl.desc.DBClusterArn, &cl.desc, in); err != nil {
			return err
		}
		if aws.ToString(in.EngineVersion) != "" {
			version, err := upgrade(cl.desc.Engine, cl.desc.EngineVersion, in.EngineVersion, in.AllowMajorVersionUpgrade)
			if err != nil {
				return err
			}
			in.EngineVersion = &version
		}
		cl.postpone(in)
		cl.apply(in)
		cl.life.begin(c, "modifying", dbModifies, "available")
		return nil
	})
	return &rds.ModifyDBClusterOutput{DBCluster: d}, err
}

// postpone takes from a change what waits for the maintenance window, if it is not to be
// applied immediately.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
func (cl *dbCluster) postpone(in *rds.ModifyDBClusterInput) {
	if aws.ToBool(in.ApplyImmediately) || in.EngineVersion == nil && in.EnableIAMDatabaseAuthentication == nil {
		return
	}
	p := types.ClusterPendingModifiedValues{}
	if cl.desc.PendingModifiedValues != nil {
		p = *cl.desc.PendingModifiedValues
	}
	if in.EngineVersion != nil && *in.EngineVersion != *cl.desc.EngineVersion {
		p.EngineVersion = in.EngineVersion
	}
	if in.EnableIAMDatabaseAuthentication != nil && *in.EnableIAMDatabaseAuthentication != *cl.desc.IAMDatabaseAuthenticationEnabled {
		p.IAMDatabaseAuthenticationEnabled = in.EnableIAMDatabaseAuthentication
	}
	in.EngineVersion, in.EnableIAMDatabaseAuthentication = nil, nil
	if p.EngineVersion != nil || p.IAMDatabaseAuthenticationEnabled != nil {
		cl.desc.PendingModifiedValues = &p
	}
}

// apply changes the description of a cluster.
func (cl *dbCluster) apply(in *rds.ModifyDBClusterInput) {
	id := cl.desc.DBClusterIdentifier
	awssim.Adopt(&cl.desc, in)
	cl.desc.DBClusterIdentifier = id
	set := func(to **bool, from *bool) {
		if from != nil {
			*to = from
		}
	}
	set(&cl.desc.HttpEndpointEnabled, in.EnableHttpEndpoint)
	set(&cl.desc.IAMDatabaseAuthenticationEnabled, in.EnableIAMDatabaseAuthentication)
	set(&cl.desc.PerformanceInsightsEnabled, in.EnablePerformanceInsights)
	if in.VpcSecurityGroupIds != nil {
		cl.desc.VpcSecurityGroups = securityGroups(in.VpcSecurityGroupIds)
	}
	if in.DBClusterParameterGroupName != nil {
		cl.desc.DBClusterParameterGroup = in.DBClusterParameterGroupName
	}
	if v2 := scalingOf(in.ServerlessV2ScalingConfiguration); v2 != nil {
		cl.desc.ServerlessV2ScalingConfiguration = v2
	}
	cl.desc.EnabledCloudwatchLogsExports = changeExports(cl.desc.EnabledCloudwatchLogsExports, in.CloudwatchLogsExportConfiguration)
}
