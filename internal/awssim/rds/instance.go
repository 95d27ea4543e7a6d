package rds

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awssim"
)

// dbInstance is one instance, kept as RDS describes it.
type dbInstance struct {
	life    dbLife
	desc    types.DBInstance
	engine  dbEngine
	pending *rds.ModifyDBInstanceInput // what applies when the change is over
}

func createDBInstance(c *awssim.Call, in *rds.CreateDBInstanceInput) (*rds.CreateDBInstanceOutput, error) {
	id, err := checkDBIdentifier("DBInstanceIdentifier", in.DBInstanceIdentifier)
	if err != nil {
		return nil, err
	}
	st := of(c)
	defer st.mu.Unlock()
	if st.instances[id] != nil {
		return nil, awssim.Errorf("DBInstanceAlreadyExists", "DB instance already exists")
	}
	i, err := st.newInstance(c, id, in)
	if err != nil {
		return nil, err
	}
	st.instances[id] = i
	i.life.begin(c, "creating", dbCreates, "available")
	return &rds.CreateDBInstanceOutput{DBInstance: i.describe(c)}, nil
}

// newInstance checks the input and makes the instance with its defaults.
func (st *databases) newInstance(c *awssim.Call, id string, in *rds.CreateDBInstanceInput) (*dbInstance, error) {
	engine, version, err := engineFor(in.Engine, in.EngineVersion)
	if err != nil {
		return nil, err
	}
	if err := st.checkInstance(engine, in); err != nil {
		return nil, err
	}
	if err := checkMonitoring(c, c.Account.ARN("rds", c.Region, "db:"+id), nil, in); err != nil {
		return nil, err
	}
	now, resource := c.Now(), awssim.UniqueID("db-")
	d := types.DBInstance{}
	awssim.Adopt(&d, in)
	d.DBInstanceIdentifier, d.DBInstanceArn = &id, aws.String(c.Account.ARN("rds", c.Region, "db:"+id))
	d.DbiResourceId, d.EngineVersion, d.InstanceCreateTime = &resource, &version, &now
	d.TagList = in.Tags
	d.VpcSecurityGroups = securityGroups(in.VpcSecurityGroupIds)
	d.EnabledCloudwatchLogsExports = in.EnableCloudwatchLogsExports
	d.IAMDatabaseAuthenticationEnabled = in.EnableIAMDatabaseAuthentication
	d.PerformanceInsightsEnabled = in.EnablePerformanceInsights
	d.Endpoint = &types.Endpoint{
		Address: aws.String(id + ".c" + strings.ToLower(resource[3:14]) + "." + c.Region + ".rds.amazonaws.com"),
		Port:    in.Port, HostedZoneId: aws.String("Z2R2ITUGPM61AM"),
	}
	d.DBSubnetGroup = defaultSubnetGroup(c)
	if in.DBSubnetGroupName != nil && *in.DBSubnetGroupName != "default" {
		return nil, awssim.Errorf("DBSubnetGroupNotFoundFault", "DB subnet group '%s' does not exist.", *in.DBSubnetGroupName)
	}
	family := engine.family(version)
	group, options := aws.ToString(in.DBParameterGroupName), aws.ToString(in.OptionGroupName)
	if group == "" {
		group = "default." + family
	}
	if options == "" {
		options = "default:" + strings.ReplaceAll(engine.name+"-"+family[len(engine.name):], ".", "-")
	}
	d.DBParameterGroups = []types.DBParameterGroupStatus{{DBParameterGroupName: &group, ParameterApplyStatus: aws.String("in-sync")}}
	d.OptionGroupMemberships = []types.OptionGroupMembership{{OptionGroupName: &options, Status: aws.String("in-sync")}}
	instanceDefaults(c, &d, engine)
	return &dbInstance{desc: d, engine: engine}, nil
}

func (st *databases) checkInstance(engine dbEngine, in *rds.CreateDBInstanceInput) error {
	switch {
	case aws.ToString(in.DBInstanceClass) == "" || !strings.HasPrefix(*in.DBInstanceClass, "db."):
		return awssim.Errorf("InvalidParameterValue", "Invalid DB Instance class: %s", aws.ToString(in.DBInstanceClass))
	case aws.ToBool(in.ManageMasterUserPassword):
		return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator does not implement rds:CreateDBInstance with ManageMasterUserPassword."}
	case engine.aurora() && in.DBClusterIdentifier == nil:
		return awssim.Errorf("InvalidParameterCombination", "The parameter DBClusterIdentifier must be provided for engine %s.", engine.name)
	case engine.aurora():
		_, err := st.cluster(in.DBClusterIdentifier)
		return err
	case aws.ToInt32(in.AllocatedStorage) < 20:
		return awssim.Errorf("InvalidParameterValue", "Invalid storage size for engine name %s and storage type gp2: %d", engine.name, aws.ToInt32(in.AllocatedStorage))
	case in.MasterUsername == nil:
		return awssim.Errorf("InvalidParameterCombination", "The parameter MasterUsername must be provided and must not be blank.")
	case len(aws.ToString(in.MasterUserPassword)) < 8:
		return awssim.Errorf("InvalidParameterValue", "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.")
	}
	return nil
}

// instanceDefaults fills in what a caller left to RDS.
func instanceDefaults(c *awssim.Call, d *types.DBInstance, engine dbEngine) {
	no := func(flags ...**bool) {
		for _, f := range flags {
			awssim.OrElse(f, false)
		}
	}
	no(&d.MultiAZ, &d.PubliclyAccessible, &d.StorageEncrypted, &d.CopyTagsToSnapshot, &d.DeletionProtection,
		&d.IAMDatabaseAuthenticationEnabled, &d.PerformanceInsightsEnabled, &d.DedicatedLogVolume, &d.CustomerOwnedIpEnabled, &d.MultiTenant)
	awssim.OrElse(&d.AutoMinorVersionUpgrade, true)
	awssim.OrElse(&d.Endpoint.Port, engine.port)
	awssim.OrElse(&d.AllocatedStorage, 1)
	awssim.OrElse(&d.BackupRetentionPeriod, 1)
	awssim.OrElse(&d.MonitoringInterval, 0)
	awssim.OrElse(&d.DbInstancePort, 0)
	awssim.OrElse(&d.StorageThroughput, 0)
	awssim.OrElse(&d.StorageType, map[bool]string{true: "aurora", false: "gp2"}[engine.aurora()])
	awssim.OrElse(&d.LicenseModel, engine.license)
	awssim.OrElse(&d.AvailabilityZone, c.Region+"a")
	awssim.OrElse(&d.PreferredBackupWindow, "03:00-03:30")
	awssim.OrElse(&d.PreferredMaintenanceWindow, "sun:05:00-sun:05:30")
	awssim.OrElse(&d.CACertificateIdentifier, "rds-ca-rsa2048-g1")
	awssim.OrElse(&d.BackupTarget, "region")
	awssim.OrElse(&d.NetworkType, "IPV4")
	awssim.OrElse(&d.EngineLifecycleSupport, "open-source-rds-extended-support")
	if d.VpcSecurityGroups == nil {
		d.VpcSecurityGroups = securityGroups([]string{"sg-0123456789abcdef0"})
	}
	if d.DatabaseInsightsMode == "" {
		d.DatabaseInsightsMode = types.DatabaseInsightsModeStandard
	}
}

// describe gives the instance as it is now. One that is being created has no
// endpoint yet.
func (i *dbInstance) describe(c *awssim.Call) *types.DBInstance {
	now := c.Now()
	if i.pending != nil && !now.Before(i.life.until) {
		i.apply(i.pending)
		i.pending = nil
	}
	d := i.desc
	status := i.life.at(now)
	d.DBInstanceStatus = &status
	if status == "creating" {
		d.Endpoint = nil
	}
	return &d
}

// instance finds an instance; st.mu must be held.
func (st *databases) instance(id *string) (*dbInstance, error) {
	name := lastPart(strings.ToLower(aws.ToString(id)))
	if i := st.instances[name]; i != nil {
		return i, nil
	}
	return nil, awssim.Errorf("DBInstanceNotFound", "DBInstance %s not found.", aws.ToString(id))
}

func describeDBInstances(c *awssim.Call, in *rds.DescribeDBInstancesInput) (*rds.DescribeDBInstancesOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if in.DBInstanceIdentifier != nil {
		i, err := st.instance(in.DBInstanceIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{*i.describe(c)}}, nil
	}
	var all []types.DBInstance
	for _, id := range slices.Sorted(maps.Keys(st.instances)) {
		d := st.instances[id].describe(c)
		ok, err := filterDB(in.Filters, map[string]string{
			"db-instance-id": *d.DBInstanceArn, "db-cluster-id": aws.ToString(d.DBClusterIdentifier),
			"dbi-resource-id": *d.DbiResourceId, "engine": *d.Engine, "domain": "",
		})
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, *d)
		}
	}
	page, next, err := pageOf(all, in.MaxRecords, in.Marker, func(d types.DBInstance) string { return *d.DBInstanceIdentifier })
	if err != nil {
		return nil, err
	}
	return &rds.DescribeDBInstancesOutput{DBInstances: page, Marker: next}, nil
}

func deleteDBInstance(c *awssim.Call, in *rds.DeleteDBInstanceInput) (*rds.DeleteDBInstanceOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	i, err := st.instance(in.DBInstanceIdentifier)
	if err != nil {
		return nil, err
	}
	if aws.ToBool(i.desc.DeletionProtection) {
		return nil, awssim.Errorf("InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	}
	if i.desc.DBClusterIdentifier == nil {
		if err := finalSnapshot(aws.ToBool(in.SkipFinalSnapshot), in.FinalDBSnapshotIdentifier); err != nil {
			return nil, err
		}
	}
	if i.life.at(c.Now()) == "deleting" {
		return nil, awssim.Errorf("InvalidDBInstanceState", "Instance %s is already being deleted.", *i.desc.DBInstanceIdentifier)
	}
	i.pending = nil
	i.life.begin(c, "deleting", dbDeletes, gone)
	return &rds.DeleteDBInstanceOutput{DBInstance: i.describe(c)}, nil
}

// finalSnapshot checks what a caller wants of the snapshot before a deletion.
func finalSnapshot(skip bool, id *string) error {
	switch {
	case skip && id != nil:
		return awssim.Errorf("InvalidParameterCombination", "FinalDBSnapshotIdentifier can not be specified when deleting a DB instance with SkipFinalSnapshot.")
	case !skip && id == nil:
		return awssim.Errorf("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
	case !skip:
		return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator keeps no snapshots; delete with SkipFinalSnapshot."}
	}
	return nil
}
