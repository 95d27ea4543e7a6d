package rds

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/hawser/hawser/internal/awssim"
)

// gone is the state behind deleting, in which nothing is shown any more.
const gone = ""

// How long changes of state take on AWS, roughly; the World's time scale
// shortens them.
const (
	dbCreates  = 4 * time.Minute
	dbModifies = time.Minute
	dbReboots  = 30 * time.Second
	dbStarts   = 3 * time.Minute
	dbStops    = 3 * time.Minute
	dbDeletes  = 2 * time.Minute
)

// dbLife is the state of an instance or a cluster: one that passes, until it
// is over, and the one that stays.
type dbLife struct {
	passing string
	until   time.Time
	stays   string
}

func (l *dbLife) at(now time.Time) string {
	if now.Before(l.until) {
		return l.passing
	}
	return l.stays
}

// begin starts a change that takes a time.
func (l *dbLife) begin(c *awssim.Call, passing string, takes time.Duration, stays string) {
	*l = dbLife{passing, c.Now().Add(c.World.Clock.Scaled(takes)), stays}
}

// pageOf cuts one page of a sorted list; the marker is the id of the last
// item before it.
func pageOf[T any](all []T, size *int32, marker *string, id func(T) string) ([]T, *string, error) {
	n := 100
	if size != nil {
		n = int(*size)
	}
	if n < 20 || n > 100 {
		return nil, nil, awssim.Errorf("InvalidParameterValue", "Invalid value %d for MaxRecords. Must be between 20 and 100", n)
	}
	if marker != nil {
		all = awssim.Behind(all, *marker, id)
	}
	page, next := awssim.FirstPage(all, n, id)
	return page, next, nil
}

// filterDB reports whether values fit all filters. An unknown filter is an
// error.
func filterDB(filters []types.Filter, values map[string]string) (bool, error) {
	for _, f := range filters {
		have, known := values[aws.ToString(f.Name)]
		if !known {
			return false, awssim.Errorf("InvalidParameterValue", "Unrecognized filter name: %s", aws.ToString(f.Name))
		}
		if !slices.ContainsFunc(f.Values, func(v string) bool { return strings.EqualFold(v, have) || v == lastPart(have) }) {
			return false, nil
		}
	}
	return true, nil
}

// lastPart is what stands behind the last colon of an ARN.
func lastPart(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }

func securityGroups(ids []string) []types.VpcSecurityGroupMembership {
	var groups []types.VpcSecurityGroupMembership
	for _, id := range ids {
		groups = append(groups, types.VpcSecurityGroupMembership{VpcSecurityGroupId: aws.String(id), Status: aws.String("active")})
	}
	return groups
}

// changeExports applies a change of the logs that are exported.
func changeExports(have []string, change *types.CloudwatchLogsExportConfiguration) []string {
	if change == nil {
		return have
	}
	kept := slices.DeleteFunc(slices.Clone(have), func(s string) bool { return slices.Contains(change.DisableLogTypes, s) })
	for _, add := range change.EnableLogTypes {
		if !slices.Contains(kept, add) {
			kept = append(kept, add)
		}
	}
	return kept
}

func reservedTag(key string) error {
	prefix, _, _ := strings.Cut(strings.ToLower(key), ":")
	return awssim.Errorf("InvalidParameterValue", `Tag keys cannot start with the reserved prefix "%s:".`, prefix)
}

func tagsOf(tags []types.Tag, specs []types.TagSpecification) []types.Tag {
	out := slices.Clone(tags)
	for _, s := range specs {
		out = append(out, s.Tags...)
	}
	return out
}
