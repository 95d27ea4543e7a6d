package logs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim"
)

var retentionDays = []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func createLogGroup(c *awssim.Call, in *logs.CreateLogGroupInput) (*logs.CreateLogGroupOutput, error) {
	name := aws.ToString(in.LogGroupName)
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.groups[name] != nil {
		return nil, awssim.Errorf("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	g := st.addGroup(name, c.ARN("log-group:"+name), c.Now().UnixMilli())
	g.key, g.protected, g.tags = aws.ToString(in.KmsKeyId), aws.ToBool(in.DeletionProtectionEnabled), maps.Clone(in.Tags)
	if in.LogGroupClass != "" {
		g.class = string(in.LogGroupClass)
	}
	return &logs.CreateLogGroupOutput{}, nil
}

func deleteLogGroup(c *awssim.Call, in *logs.DeleteLogGroupInput) (*logs.DeleteLogGroupOutput, error) {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(aws.ToString(in.LogGroupName))
	if err != nil {
		return nil, err
	}
	if g.protected {
		return nil, awssim.Errorf("ValidationException", "The log group has deletion protection enabled.")
	}
	delete(st.groups, g.name)
	return &logs.DeleteLogGroupOutput{}, nil
}

func putRetentionPolicy(c *awssim.Call, in *logs.PutRetentionPolicyInput) (*logs.PutRetentionPolicyOutput, error) {
	if !slices.Contains(retentionDays, aws.ToInt32(in.RetentionInDays)) {
		return nil, awssim.Errorf("InvalidParameterException", "The specified retention period is not valid.")
	}
	return &logs.PutRetentionPolicyOutput{}, setRetention(c, in.LogGroupName, *in.RetentionInDays)
}

func deleteRetentionPolicy(c *awssim.Call, in *logs.DeleteRetentionPolicyInput) (*logs.DeleteRetentionPolicyOutput, error) {
	return &logs.DeleteRetentionPolicyOutput{}, setRetention(c, in.LogGroupName, 0)
}

func setRetention(c *awssim.Call, name *string, days int32) error {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(aws.ToString(name))
	if err != nil {
		return err
	}
	g.retention = days
	return nil
}

func describeLogGroups(c *awssim.Call, in *logs.DescribeLogGroupsInput) (*logs.DescribeLogGroupsOutput, error) {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, awssim.Errorf("InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	var found []*logGroup
	for _, name := range slices.Sorted(maps.Keys(st.groups)) {
		g := st.groups[name]
		if strings.HasPrefix(name, aws.ToString(in.LogGroupNamePrefix)) && strings.Contains(name, aws.ToString(in.LogGroupNamePattern)) &&
			(in.LogGroupClass == "" || string(in.LogGroupClass) == g.class) &&
			(len(in.LogGroupIdentifiers) == 0 || slices.ContainsFunc(in.LogGroupIdentifiers, g.is)) {
			found = append(found, g)
		}
	}
	page, next, err := logsPage(found, in.Limit, in.NextToken, func(g *logGroup) string { return g.name })
	if err != nil {
		return nil, err
	}
	out := &logs.DescribeLogGroupsOutput{NextToken: next, LogGroups: []types.LogGroup{}}
	for _, g := range page {
		out.LogGroups = append(out.LogGroups, g.describe())
	}
	return out, nil
}

// is reports whether a name or an ARN means the group.
func (g *logGroup) is(identifier string) bool {
	return slices.Contains([]string{g.name, g.arn, g.arn + ":*"}, identifier)
}

func (g *logGroup) describe() types.LogGroup {
	all, filters, bytes := g.arn+":*", int32(0), int64(0)
	for _, s := range g.streams {
		bytes += s.bytes
	}
	out := types.LogGroup{
		Arn: &all, LogGroupArn: &g.arn, LogGroupName: &g.name, CreationTime: &g.created,
		LogGroupClass: types.LogGroupClass(g.class), MetricFilterCount: &filters, StoredBytes: &bytes,
		DeletionProtectionEnabled: &g.protected,
	}
	if g.retention > 0 {
		days := g.retention
		out.RetentionInDays = &days
	}
	if g.key != "" {
		key := g.key
		out.KmsKeyId = &key
	}
	return out
}

// logsPage cuts one page of at most 50 from a sorted list; the token is the
// name of the last item before the page.
func logsPage[T any](all []T, limit *int32, token *string, name func(T) string) ([]T, *string, error) {
	size := 50
	if limit != nil {
		size = int(*limit)
	}
	if token != nil {
		i := slices.IndexFunc(all, func(item T) bool { return name(item) == *token })
		if i < 0 {
			return nil, nil, awssim.Errorf("InvalidParameterException", "The specified nextToken is invalid.")
		}
		all = all[i+1:]
	}
	page, next := awssim.FirstPage(all, size, name)
	return page, next, nil
}
