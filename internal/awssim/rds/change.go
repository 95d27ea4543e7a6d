package rds

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awssim"
)

// modifyDBInstance changes at once what needs no maintenance. The rest begins
// now with ApplyImmediately, and otherwise stands among the pending values.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
func modifyDBInstance(c *awssim.Call, in *rds.ModifyDBInstanceInput) (*rds.ModifyDBInstanceOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	i, err := st.instance(in.DBInstanceIdentifier)
	if err != nil {
		return nil, err
	}
	if err := i.must(c, "available"); err != nil {
		return nil, err
	}
	if err := i.checkChange(in); err != nil {
		return nil, err
	}
	if err := checkMonitoring(c, *i.desc.DBInstanceArn, &i.desc, in); err != nil {
		return nil, err
	}
	slow := rds.ModifyDBInstanceInput{
		AllocatedStorage: in.AllocatedStorage, DBInstanceClass: in.DBInstanceClass, EngineVersion: in.EngineVersion,
		MultiAZ: in.MultiAZ, StorageType: in.StorageType, Iops: in.Iops, StorageThroughput: in.StorageThroughput,
		DBPortNumber: in.DBPortNumber, LicenseModel: in.LicenseModel,
	}
	quick := *in
	quick.AllocatedStorage, quick.DBInstanceClass, quick.EngineVersion, quick.MultiAZ = nil, nil, nil, nil
	quick.StorageType, quick.Iops, quick.StorageThroughput, quick.DBPortNumber, quick.LicenseModel = nil, nil, nil, nil, nil
	i.apply(&quick)
	if !aws.ToBool(in.ApplyImmediately) {
		i.wait(&slow)
		return &rds.ModifyDBInstanceOutput{DBInstance: i.describe(c)}, nil
	}
	i.pending = &slow
	i.life.begin(c, "modifying", dbModifies, "available")
	return &rds.ModifyDBInstanceOutput{DBInstance: i.describe(c)}, nil
}

func (i *dbInstance) checkChange(in *rds.ModifyDBInstanceInput) error {
	if in.AllocatedStorage != nil && *in.AllocatedStorage < *i.desc.AllocatedStorage {
		return awssim.Errorf("InvalidParameterCombination", "Requested storage size (%d) cannot be less than the current allocated storage size (%d).", *in.AllocatedStorage, *i.desc.AllocatedStorage)
	}
	if aws.ToString(in.EngineVersion) != "" {
		version, err := upgrade(&i.engine.name, i.desc.EngineVersion, in.EngineVersion, in.AllowMajorVersionUpgrade)
		if err != nil {
			return err
		}
		in.EngineVersion = &version
	}
	return nil
}

// apply sets what a change asks for.
func (i *dbInstance) apply(in *rds.ModifyDBInstanceInput) {
	id := i.desc.DBInstanceIdentifier
	awssim.Adopt(&i.desc, in)
	i.desc.DBInstanceIdentifier = id
	if in.VpcSecurityGroupIds != nil {
		i.desc.VpcSecurityGroups = securityGroups(in.VpcSecurityGroupIds)
	}
	if in.DBPortNumber != nil {
		i.desc.Endpoint.Port = in.DBPortNumber
	}
	if in.EnableIAMDatabaseAuthentication != nil {
		i.desc.IAMDatabaseAuthenticationEnabled = in.EnableIAMDatabaseAuthentication
	}
	if in.EnablePerformanceInsights != nil {
		i.desc.PerformanceInsightsEnabled = in.EnablePerformanceInsights
	}
	if in.DBParameterGroupName != nil {
		i.desc.DBParameterGroups = []types.DBParameterGroupStatus{{DBParameterGroupName: in.DBParameterGroupName, ParameterApplyStatus: aws.String("in-sync")}}
	}
	i.desc.EnabledCloudwatchLogsExports = changeExports(i.desc.EnabledCloudwatchLogsExports, in.CloudwatchLogsExportConfiguration)
}

// wait puts a change among the values that the next maintenance applies.
func (i *dbInstance) wait(in *rds.ModifyDBInstanceInput) {
	p := types.PendingModifiedValues{}
	if i.desc.PendingModifiedValues != nil {
		p = *i.desc.PendingModifiedValues
	}
	awssim.Adopt(&p, in)
	p.Port = in.DBPortNumber
	i.desc.PendingModifiedValues = &p
}

// must fails unless the instance is in that state.
func (i *dbInstance) must(c *awssim.Call, state string) error {
	i.describe(c) // settles a change that is over
	if have := i.life.at(c.Now()); have != state {
		return awssim.Errorf("InvalidDBInstanceState", "Instance %s is not in %s state.", *i.desc.DBInstanceIdentifier, state)
	}
	return nil
}

// pass moves an instance from a state through a passing one to another.
func pass(c *awssim.Call, id *string, from, through string, takes time.Duration, to string) (*types.DBInstance, error) {
	st := of(c)
	defer st.mu.Unlock()
	i, err := st.instance(id)
	if err != nil {
		return nil, err
	}
	if i.desc.DBClusterIdentifier != nil && through != "rebooting" {
		return nil, awssim.Errorf("InvalidDBInstanceState", "The instance belongs to a cluster; start or stop the cluster.")
	}
	if err := i.must(c, from); err != nil {
		return nil, err
	}
	i.life.begin(c, through, takes, to)
	return i.describe(c), nil
}

func startDBInstance(c *awssim.Call, in *rds.StartDBInstanceInput) (*rds.StartDBInstanceOutput, error) {
	d, err := pass(c, in.DBInstanceIdentifier, "stopped", "starting", dbStarts, "available")
	return &rds.StartDBInstanceOutput{DBInstance: d}, err
}

func stopDBInstance(c *awssim.Call, in *rds.StopDBInstanceInput) (*rds.StopDBInstanceOutput, error) {
	d, err := pass(c, in.DBInstanceIdentifier, "available", "stopping", dbStops, "stopped")
	return &rds.StopDBInstanceOutput{DBInstance: d}, err
}

func rebootDBInstance(c *awssim.Call, in *rds.RebootDBInstanceInput) (*rds.RebootDBInstanceOutput, error) {
	d, err := pass(c, in.DBInstanceIdentifier, "available", "rebooting", dbReboots, "available")
	return &rds.RebootDBInstanceOutput{DBInstance: d}, err
}
