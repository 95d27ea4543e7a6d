// Package rds simulates Amazon RDS and its Data API, which runs SQL on SQLite.
package rds

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// Service is Amazon RDS and Aurora: instances and clusters with their states,
// which change by the World's clock, and their tags.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{Model: "rds", Unsupported: unsupported(), Invalid: invalid, InvalidToken: awssim.TokenAs("InvalidParameterValue", "The marker is not valid."), Handlers: map[string]awssim.Handler{
		"CreateDBInstance":         awssim.Op(createDBInstance),
		"DescribeDBInstances":      awssim.Op(describeDBInstances),
		"ModifyDBInstance":         awssim.Op(modifyDBInstance),
		"DeleteDBInstance":         awssim.Op(deleteDBInstance),
		"StartDBInstance":          awssim.Op(startDBInstance),
		"StopDBInstance":           awssim.Op(stopDBInstance),
		"RebootDBInstance":         awssim.Op(rebootDBInstance),
		"CreateDBCluster":          awssim.Op(createDBCluster),
		"DescribeDBClusters":       awssim.Op(describeDBClusters),
		"ModifyDBCluster":          awssim.Op(modifyDBCluster),
		"DeleteDBCluster":          awssim.Op(deleteDBCluster),
		"StartDBCluster":           awssim.Op(startDBCluster),
		"StopDBCluster":            awssim.Op(stopDBCluster),
		"EnableHttpEndpoint":       awssim.Op(enableHTTPEndpoint),
		"DisableHttpEndpoint":      awssim.Op(disableHTTPEndpoint),
		"DescribeDBSubnetGroups":   awssim.Op(describeDBSubnetGroups),
		"DescribeDBEngineVersions": awssim.Op(describeDBEngineVersions),
		"DescribeGlobalClusters":   awssim.Op(describeGlobalClusters),
		"ListTagsForResource":      awssim.Op(listTags),
		"AddTagsToResource":        awssim.Op(addTags),
		"RemoveTagsFromResource":   awssim.Op(removeTags),
	}, Needs: needsOf, TagAction: tagAction, ReservedTag: reservedTag, ReservedPrefixes: []string{"rds:"}}
}

// databases is what RDS keeps for an account in a region.
type databases struct {
	mu        sync.Mutex
	instances map[string]*dbInstance
	clusters  map[string]*dbCluster
}

// Start makes the maps.
func (st *databases) Start(*awssim.World, string, string) {
	st.instances, st.clusters = make(map[string]*dbInstance), make(map[string]*dbCluster)
}

// of gives the locked state with what was being deleted and is gone by now
// left out; the caller unlocks it.
func of(c *awssim.Call) *databases {
	st := awssim.State[databases](c)
	st.mu.Lock()
	now := c.Now()
	maps.DeleteFunc(st.instances, func(_ string, i *dbInstance) bool { return i.life.at(now) == gone })
	maps.DeleteFunc(st.clusters, func(_ string, d *dbCluster) bool { return d.life.at(now) == gone })
	return st
}

// needsOf asks for permission on the instance or cluster that a call names,
// else on all of their sort.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	resource := subject(c, in)
	needs := []awssim.Need{{Action: "rds:" + c.Operation, Resource: resource, Context: conditionsOf(c, resource, in)}}
	if role := awssim.Member(in, "MonitoringRoleArn"); role != "" {
		needs = append(needs, awssim.PassRole(role, monitoringPrincipal))
	}
	return needs
}

// tagAction follows
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html#amazonrds-actions-as-permissions
func tagAction(operation string) string {
	if strings.HasPrefix(operation, "Create") {
		return "AddTagsToResource"
	}
	return ""
}

// subject is the ARN of what a call is about; empty where it names nothing.
func subject(c *awssim.Call, in any) string {
	instance, cluster := awssim.Member(in, "DBInstanceIdentifier"), awssim.Member(in, "DBClusterIdentifier")
	named := func(kind, id string) string {
		if a, ok := arn.Parse(id); ok {
			return strings.ToLower(a.String())
		}
		return c.Account.ARN("rds", c.Region, kind+":"+strings.ToLower(id)) // as RDS keeps it
	}
	switch {
	case instance != "":
		return named("db", instance)
	case c.Operation == "DescribeDBInstances":
		return named("db", "*")
	case cluster != "":
		return named("cluster", cluster)
	case c.Operation == "DescribeDBClusters":
		return named("cluster", "*")
	}
	return strings.ToLower(cmp.Or(awssim.Member(in, "ResourceName"), awssim.Member(in, "ResourceArn")))
}

var dbIdentifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,62}$`)

// checkDBIdentifier gives an identifier as RDS keeps it, in lower case.
func checkDBIdentifier(name string, id *string) (string, error) {
	v := aws.ToString(id)
	if !dbIdentifier.MatchString(v) || strings.HasSuffix(v, "-") || strings.Contains(v, "--") {
		return "", awssim.Errorf("InvalidParameterValue", "The parameter %s is not a valid identifier. Identifiers must begin with a letter; "+
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
		return dbEngine{}, "", awssim.Errorf("InvalidParameterValue", "Invalid DB engine: %s", aws.ToString(name))
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
	return e, "", awssim.Errorf("InvalidParameterCombination", "Cannot find version %s for %s", *version, e.name)
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

// upgrade is the version that a change asks for. Another major version must be allowed.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
func upgrade(engine, from, to *string, major *bool) (string, error) {
	e, version, err := engineFor(engine, to)
	if err == nil && e.family(version) != e.family(aws.ToString(from)) && !aws.ToBool(major) {
		return "", awssim.Errorf("InvalidParameterCombination", "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
	}
	return version, err
}
