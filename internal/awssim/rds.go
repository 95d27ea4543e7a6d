package awssim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// RDS is Amazon RDS and Aurora: instances and clusters with their states,
// which change by the World's clock, and their tags.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/
func RDS(*World) *Service {
	return &Service{Model: "rds", Handlers: map[string]Handler{
		"CreateDBInstance":         Op(createDBInstance),
		"DescribeDBInstances":      Op(describeDBInstances),
		"ModifyDBInstance":         Op(modifyDBInstance),
		"DeleteDBInstance":         Op(deleteDBInstance),
		"StartDBInstance":          Op(startDBInstance),
		"StopDBInstance":           Op(stopDBInstance),
		"RebootDBInstance":         Op(rebootDBInstance),
		"CreateDBCluster":          Op(createDBCluster),
		"DescribeDBClusters":       Op(describeDBClusters),
		"ModifyDBCluster":          Op(modifyDBCluster),
		"DeleteDBCluster":          Op(deleteDBCluster),
		"StartDBCluster":           Op(startDBCluster),
		"StopDBCluster":            Op(stopDBCluster),
		"EnableHttpEndpoint":       Op(enableHTTPEndpoint),
		"DisableHttpEndpoint":      Op(disableHTTPEndpoint),
		"DescribeDBSubnetGroups":   Op(describeDBSubnetGroups),
		"DescribeDBEngineVersions": Op(describeDBEngineVersions),
		"DescribeGlobalClusters":   Op(describeGlobalClusters),
		"ListTagsForResource":      Op(rdsListTags),
		"AddTagsToResource":        Op(rdsAddTags),
		"RemoveTagsFromResource":   Op(rdsRemoveTags),
	}, Needs: rdsNeeds}
}

// rdsState is what RDS keeps for an account in a region.
type rdsState struct {
	mu        sync.Mutex
	instances map[string]*dbInstance
	clusters  map[string]*dbCluster
}

// Start makes the maps.
func (st *rdsState) Start(*World, string, string) {
	st.instances, st.clusters = make(map[string]*dbInstance), make(map[string]*dbCluster)
}

// rdsOf gives the locked state with what was being deleted and is gone by now
// left out; the caller unlocks it.
func rdsOf(c *Call) *rdsState {
	st := State[rdsState](c)
	st.mu.Lock()
	now := c.Now()
	maps.DeleteFunc(st.instances, func(_ string, i *dbInstance) bool { return i.life.at(now) == gone })
	maps.DeleteFunc(st.clusters, func(_ string, d *dbCluster) bool { return d.life.at(now) == gone })
	return st
}

// rdsNeeds asks for permission on the instance or cluster that a call names,
// else on all of their sort.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
func rdsNeeds(c *Call, in any) []Need {
	resource := ""
	switch in := in.(type) {
	case *rds.CreateDBInstanceInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+aws.ToString(in.DBInstanceIdentifier))
	case *rds.ModifyDBInstanceInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+aws.ToString(in.DBInstanceIdentifier))
	case *rds.DeleteDBInstanceInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+aws.ToString(in.DBInstanceIdentifier))
	case *rds.StartDBInstanceInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+aws.ToString(in.DBInstanceIdentifier))
	case *rds.StopDBInstanceInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+aws.ToString(in.DBInstanceIdentifier))
	case *rds.DescribeDBInstancesInput:
		resource = c.Account.ARN("rds", c.Region, "db:"+orAll(in.DBInstanceIdentifier))
	case *rds.CreateDBClusterInput:
		resource = c.Account.ARN("rds", c.Region, "cluster:"+aws.ToString(in.DBClusterIdentifier))
	case *rds.ModifyDBClusterInput:
		resource = c.Account.ARN("rds", c.Region, "cluster:"+aws.ToString(in.DBClusterIdentifier))
	case *rds.DeleteDBClusterInput:
		resource = c.Account.ARN("rds", c.Region, "cluster:"+aws.ToString(in.DBClusterIdentifier))
	case *rds.DescribeDBClustersInput:
		resource = c.Account.ARN("rds", c.Region, "cluster:"+orAll(in.DBClusterIdentifier))
	case *rds.ListTagsForResourceInput:
		resource = aws.ToString(in.ResourceName)
	case *rds.AddTagsToResourceInput:
		resource = aws.ToString(in.ResourceName)
	case *rds.RemoveTagsFromResourceInput:
		resource = aws.ToString(in.ResourceName)
	}
	return []Need{{Action: "rds:" + c.Operation, Resource: resource}}
}

func orAll(id *string) string {
	if id == nil {
		return "*"
	}
	return *id
}

var dbIdentifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,62}$`)

// checkDBIdentifier gives an identifier as RDS keeps it, in lower case.
func checkDBIdentifier(name string, id *string) (string, error) {
	v := aws.ToString(id)
	if !dbIdentifier.MatchString(v) || strings.HasSuffix(v, "-") || strings.Contains(v, "--") {
		return "", Errorf("InvalidParameterValue", "The parameter %s is not a valid identifier. Identifiers must begin with a letter; "+
			"must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.", name)
	}
	return strings.ToLower(v), nil
}

// dbEngine is what the simulator knows of an engine.
type dbEngine struct {
	name, description, license string
	port                       int32
	versions                   []string // the last one is the default
}

// dbEngines are the engines there are, by name.
func dbEngines() []dbEngine {
	return []dbEngine{
		{"aurora-mysql", "Aurora MySQL", "general-public-license", 3306, []string{"8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0"}},
		{"aurora-postgresql", "Aurora PostgreSQL", "postgresql-license", 5432, []string{"15.12", "16.8", "17.5"}},
		{"mariadb", "MariaDB Community Edition", "general-public-license", 3306, []string{"10.11.11", "11.4.5"}},
		{"mysql", "MySQL Community Edition", "general-public-license", 3306, []string{"8.0.42", "8.4.5"}},
		{"postgres", "PostgreSQL", "postgresql-license", 5432, []string{"15.13", "16.9", "17.5"}},
	}
}

// engineFor finds an engine and checks a version, of which the major part is
// enough; without one it gives the default.
func engineFor(name, version *string) (dbEngine, string, error) {
	engines := dbEngines()
	i := slices.IndexFunc(engines, func(e dbEngine) bool { return e.name == aws.ToString(name) })
	if i < 0 {
		return dbEngine{}, "", Errorf("InvalidParameterValue", "Invalid DB engine: %s", aws.ToString(name))
	}
	e := engines[i]
	if aws.ToString(version) == "" {
		return e, e.versions[len(e.versions)-1], nil
	}
	for _, v := range slices.Backward(e.versions) {
		if v == *version || strings.HasPrefix(v, *version+".") {
			return e, v, nil
		}
	}
	return e, "", Errorf("InvalidParameterCombination", "Cannot find version %s for %s", *version, e.name)
}

func (e dbEngine) aurora() bool { return strings.HasPrefix(e.name, "aurora-") }

// family is the parameter group family of a version, such as "postgres16".
func (e dbEngine) family(version string) string {
	major, rest, _ := strings.Cut(version, ".")
	if e.port == 3306 {
		minor, _, _ := strings.Cut(rest, ".")
		return e.name + major + "." + minor
	}
	return e.name + major
}
