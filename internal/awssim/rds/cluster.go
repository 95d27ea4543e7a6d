package rds

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awssim"
)

// dbCluster is one Aurora cluster, kept as RDS describes it.
type dbCluster struct {
	life  dbLife
	desc  types.DBCluster
	used  time.Time // by the Data API
	wakes time.Time // when a resumption that began is over
}

func createDBCluster(c *awssim.Call, in *rds.CreateDBClusterInput) (*rds.CreateDBClusterOutput, error) {
	id, err := checkDBIdentifier("DBClusterIdentifier", in.DBClusterIdentifier)
	if err != nil {
		return nil, err
	}
	engine, version, err := engineFor(in.Engine, in.EngineVersion)
	if err != nil {
		return nil, err
	}
	if err := checkCluster(engine, in); err != nil {
		return nil, err
	}
	if err := checkMonitoring(c, c.Account.ARN("rds", c.Region, "cluster:"+id), nil, in); err != nil {
		return nil, err
	}
	st := of(c)
	defer st.mu.Unlock()
	if st.clusters[id] != nil {
		return nil, awssim.Errorf("DBClusterAlreadyExistsFault", "DB Cluster already exists")
	}
	d := newCluster(c, id, in)
	d.EngineVersion = &version
	clusterDefaults(c, &d, engine, version)
	cl := &dbCluster{desc: d}
	cl.life.begin(c, "creating", dbCreates, "available")
	st.clusters[id] = cl
	return &rds.CreateDBClusterOutput{DBCluster: st.describeCluster(c, cl)}, nil
}

func checkCluster(engine dbEngine, in *rds.CreateDBClusterInput) error {
	switch {
	case !engine.aurora():
		return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator does not implement clusters of engine " + engine.name + "."}
	case aws.ToBool(in.ManageMasterUserPassword):
		return &awssim.Error{Code: "NotImplemented", Status: 501, Message: "The simulator does not implement rds:CreateDBCluster with ManageMasterUserPassword."}
	case in.DBSubnetGroupName != nil && *in.DBSubnetGroupName != "default":
		return awssim.Errorf("DBSubnetGroupNotFoundFault", "DB subnet group '%s' does not exist.", *in.DBSubnetGroupName)
	case in.MasterUsername == nil:
		return awssim.Errorf("InvalidParameterCombination", "The parameter MasterUsername must be provided and must not be blank.")
	case len(aws.ToString(in.MasterUserPassword)) < 8:
		return awssim.Errorf("InvalidParameterValue", "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.")
	}
	return nil
}

func newCluster(c *awssim.Call, id string, in *rds.CreateDBClusterInput) types.DBCluster {
	now, resource := c.Now(), awssim.UniqueID("cluster-")
	d := types.DBCluster{}
	awssim.Adopt(&d, in)
	host := ".c" + strings.ToLower(resource[8:19]) + "." + c.Region + ".rds.amazonaws.com"
	d.DBClusterIdentifier, d.DbClusterResourceId, d.ClusterCreateTime = &id, &resource, &now
	d.DBClusterArn = aws.String(c.Account.ARN("rds", c.Region, "cluster:"+id))
	d.Endpoint, d.ReaderEndpoint = aws.String(id+".cluster"+host), aws.String(id+".cluster-ro"+host)
	d.TagList = in.Tags
	d.VpcSecurityGroups = securityGroups(in.VpcSecurityGroupIds)
	d.EnabledCloudwatchLogsExports = in.EnableCloudwatchLogsExports
	d.HttpEndpointEnabled = in.EnableHttpEndpoint
	d.IAMDatabaseAuthenticationEnabled = in.EnableIAMDatabaseAuthentication
	d.DBClusterParameterGroup, d.PerformanceInsightsEnabled = in.DBClusterParameterGroupName, in.EnablePerformanceInsights
	d.ServerlessV2ScalingConfiguration = scalingOf(in.ServerlessV2ScalingConfiguration)
	return d
}

func scalingOf(v2 *types.ServerlessV2ScalingConfiguration) *types.ServerlessV2ScalingConfigurationInfo {
	if v2 == nil {
		return nil
	}
	return &types.ServerlessV2ScalingConfigurationInfo{
		MinCapacity: v2.MinCapacity, MaxCapacity: v2.MaxCapacity, SecondsUntilAutoPause: v2.SecondsUntilAutoPause,
	}
}

func clusterDefaults(c *awssim.Call, d *types.DBCluster, engine dbEngine, version string) {
	for _, flag := range []**bool{
		&d.HttpEndpointEnabled, &d.IAMDatabaseAuthenticationEnabled, &d.DeletionProtection, &d.StorageEncrypted,
		&d.MultiAZ, &d.CopyTagsToSnapshot, &d.CrossAccountClone,
	} {
		awssim.OrElse(flag, false)
	}
	awssim.OrElse(&d.AutoMinorVersionUpgrade, true)
	awssim.OrElse(&d.AllocatedStorage, 1)
	awssim.OrElse(&d.BackupRetentionPeriod, 1)
	awssim.OrElse(&d.Port, engine.port)
	awssim.OrElse(&d.EngineMode, "provisioned")
	awssim.OrElse(&d.DBSubnetGroup, "default")
	awssim.OrElse(&d.DBClusterParameterGroup, "default."+engine.family(version))
	awssim.OrElse(&d.PreferredBackupWindow, "03:00-03:30")
	awssim.OrElse(&d.PreferredMaintenanceWindow, "sun:05:00-sun:05:30")
	awssim.OrElse(&d.HostedZoneId, "Z2R2ITUGPM61AM")
	awssim.OrElse(&d.NetworkType, "IPV4")
	awssim.OrElse(&d.EngineLifecycleSupport, "open-source-rds-extended-support")
	if d.AvailabilityZones == nil {
		d.AvailabilityZones = []string{c.Region + "a", c.Region + "b", c.Region + "c"}
	}
	if d.VpcSecurityGroups == nil {
		d.VpcSecurityGroups = securityGroups([]string{"sg-0123456789abcdef0"})
	}
	if d.DatabaseInsightsMode == "" {
		d.DatabaseInsightsMode = types.DatabaseInsightsModeStandard
	}
}

// describeCluster gives the cluster as it is now, with its instances; the
// first of them by name writes.
func (st *databases) describeCluster(c *awssim.Call, cl *dbCluster) *types.DBCluster {
	d := cl.desc
	status := cl.life.at(c.Now())
	d.Status = &status
	for i, id := range st.members(*d.DBClusterIdentifier) {
		d.DBClusterMembers = append(d.DBClusterMembers, types.DBClusterMember{
			DBInstanceIdentifier: aws.String(id), IsClusterWriter: aws.Bool(i == 0),
			DBClusterParameterGroupStatus: aws.String("in-sync"), PromotionTier: aws.Int32(1),
		})
	}
	return &d
}

func (st *databases) members(cluster string) []string {
	var ids []string
	for id, i := range st.instances {
		if strings.EqualFold(aws.ToString(i.desc.DBClusterIdentifier), cluster) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// cluster finds a cluster by its name or ARN; st.mu must be held.
func (st *databases) cluster(id *string) (*dbCluster, error) {
	if cl := st.clusters[lastPart(strings.ToLower(aws.ToString(id)))]; cl != nil {
		return cl, nil
	}
	return nil, awssim.Errorf("DBClusterNotFoundFault", "DBCluster %s not found.", aws.ToString(id))
}

func describeDBClusters(c *awssim.Call, in *rds.DescribeDBClustersInput) (*rds.DescribeDBClustersOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	if in.DBClusterIdentifier != nil {
		cl, err := st.cluster(in.DBClusterIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{*st.describeCluster(c, cl)}}, nil
	}
	var all []types.DBCluster
	for _, id := range slices.Sorted(maps.Keys(st.clusters)) {
		d := st.describeCluster(c, st.clusters[id])
		ok, err := filterDB(in.Filters, map[string]string{
			"db-cluster-id": *d.DBClusterArn, "db-cluster-resource-id": *d.DbClusterResourceId,
			"engine": *d.Engine, "clone-group-id": "", "domain": "",
		})
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, *d)
		}
	}
	page, next, err := pageOf(all, in.MaxRecords, in.Marker, func(d types.DBCluster) string { return *d.DBClusterIdentifier })
	if err != nil {
		return nil, err
	}
	return &rds.DescribeDBClustersOutput{DBClusters: page, Marker: next}, nil
}

// changeCluster runs a change on a cluster that must be in a state.
func changeCluster(c *awssim.Call, id *string, state string, change func(*dbCluster) error) (*types.DBCluster, error) {
	st := of(c)
	defer st.mu.Unlock()
	cl, err := st.cluster(id)
	if err != nil {
		return nil, err
	}
	if cl.life.at(c.Now()) != state {
		return nil, awssim.Errorf("InvalidDBClusterStateFault", "DbCluster %s is not in %s state.", *cl.desc.DBClusterIdentifier, state)
	}
	if err := change(cl); err != nil {
		return nil, err
	}
	return st.describeCluster(c, cl), nil
}

func deleteDBCluster(c *awssim.Call, in *rds.DeleteDBClusterInput) (*rds.DeleteDBClusterOutput, error) {
	st := of(c)
	defer st.mu.Unlock()
	cl, err := st.cluster(in.DBClusterIdentifier)
	if err != nil {
		return nil, err
	}
	if aws.ToBool(cl.desc.DeletionProtection) {
		return nil, awssim.Errorf("InvalidParameterCombination", "Cannot delete protected Cluster, please disable deletion protection and try again.")
	}
	for _, id := range st.members(*cl.desc.DBClusterIdentifier) {
		if st.instances[id].life.at(c.Now()) != "deleting" {
			return nil, awssim.Errorf("InvalidDBClusterStateFault", "Cluster cannot be deleted, it still contains DB instances in non-deleting state.")
		}
	}
	if err := finalSnapshot(aws.ToBool(in.SkipFinalSnapshot), in.FinalDBSnapshotIdentifier); err != nil {
		return nil, err
	}
	cl.life.begin(c, "deleting", dbDeletes, gone)
	return &rds.DeleteDBClusterOutput{DBCluster: st.describeCluster(c, cl)}, nil
}

// passCluster moves a cluster and its instances from a state to another.
func passCluster(c *awssim.Call, id *string, from, through string, takes time.Duration, to string) (*types.DBCluster, error) {
	return changeCluster(c, id, from, func(cl *dbCluster) error {
		cl.life.begin(c, through, takes, to)
		st := awssim.State[databases](c)
		for _, member := range st.members(*cl.desc.DBClusterIdentifier) {
			st.instances[member].life.begin(c, through, takes, to)
		}
		return nil
	})
}

func startDBCluster(c *awssim.Call, in *rds.StartDBClusterInput) (*rds.StartDBClusterOutput, error) {
	d, err := passCluster(c, in.DBClusterIdentifier, "stopped", "starting", dbStarts, "available")
	return &rds.StartDBClusterOutput{DBCluster: d}, err
}

func stopDBCluster(c *awssim.Call, in *rds.StopDBClusterInput) (*rds.StopDBClusterOutput, error) {
	d, err := passCluster(c, in.DBClusterIdentifier, "available", "stopping", dbStops, "stopped")
	return &rds.StopDBClusterOutput{DBCluster: d}, err
}

func enableHTTPEndpoint(c *awssim.Call, in *rds.EnableHttpEndpointInput) (*rds.EnableHttpEndpointOutput, error) {
	err := setHTTPEndpoint(c, in.ResourceArn, true)
	return &rds.EnableHttpEndpointOutput{ResourceArn: in.ResourceArn, HttpEndpointEnabled: aws.Bool(true)}, err
}

func disableHTTPEndpoint(c *awssim.Call, in *rds.DisableHttpEndpointInput) (*rds.DisableHttpEndpointOutput, error) {
	err := setHTTPEndpoint(c, in.ResourceArn, false)
	return &rds.DisableHttpEndpointOutput{ResourceArn: in.ResourceArn, HttpEndpointEnabled: aws.Bool(false)}, err
}

func setHTTPEndpoint(c *awssim.Call, arn *string, on bool) error {
	st := of(c)
	defer st.mu.Unlock()
	cl, err := st.cluster(arn)
	if err != nil {
		return awssim.Errorf("ResourceNotFoundFault", "The specified resource %s was not found.", aws.ToString(arn))
	}
	cl.desc.HttpEndpointEnabled = &on
	return nil
}
