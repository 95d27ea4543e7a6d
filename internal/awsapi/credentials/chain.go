package credentials

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

const (
	// defaultSessionName is how Hawser's sessions show in CloudTrail.
	defaultSessionName = "hawser"
	// defaultDuration is how long a role's session lasts unless told.
	defaultDuration = time.Hour
)

// Assume returns kept credentials of a role, assumed with cfg's credentials in
// the role's own partition.
func Assume(cfg aws.Config, role settings.Role) (*Keeper, error) {
	parsed, ok := arn.Parse(role.RoleARN)
	if !ok {
		return nil, fault.New(fault.Invalid, "%q is not the ARN of a role", role.RoleARN).At("role_arn").
			WithFix("write it like arn:aws:iam::111122223333:role/Name")
	}
	client := sts.NewFromConfig(cfg, func(o *sts.Options) {
		if o.Region == "" || regions.PartitionOf(o.Region) != parsed.Partition {
			o.Region = regions.Home(parsed.Partition)
		}
	})
	return newKeeper(stscreds.NewAssumeRoleProvider(client, role.RoleARN, func(o *stscreds.AssumeRoleOptions) { roleOptions(role, o) })), nil
}

// roleOptions copies a role's settings into the SDK's.
func roleOptions(r settings.Role, o *stscreds.AssumeRoleOptions) {
	o.RoleSessionName = r.SessionName
	if o.RoleSessionName == "" {
		o.RoleSessionName = defaultSessionName
	}
	o.Duration = time.Duration(r.Duration)
	if o.Duration == 0 {
		o.Duration = defaultDuration
	}
	o.ExternalID = optional(r.ExternalID)
	o.SourceIdentity = optional(r.SourceIdentity)
	o.Policy = optional(string(r.Policy))
	o.TransitiveTagKeys = r.TransitiveTags
	for _, key := range slices.Sorted(maps.Keys(r.SessionTags)) {
		o.Tags = append(o.Tags, types.Tag{Key: aws.String(key), Value: aws.String(r.SessionTags[key])})
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
