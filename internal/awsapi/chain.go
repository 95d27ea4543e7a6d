package awsapi

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
	"github.com/hawser/hawser/internal/fault"
)

const (
	// defaultSessionName is how Hawser's sessions show in CloudTrail.
	defaultSessionName = "hawser"
	// defaultDuration is how long a role's session lasts unless told.
	defaultDuration = time.Hour
	// chainedDuration is the longest session that AWS gives to a role that was
	// assumed with another role's credentials.
	//
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
	chainedDuration = time.Hour
)

// assumeChain puts the settings' roles on top of the first credentials, each
// assumed with the credentials of the one before.
func (c *connection) assumeChain(b *base) (*base, error) {
	roles, free, err := c.chain()
	if err != nil {
		return nil, err
	}
	for i, role := range roles {
		if i == len(roles)-1 && role.Policy != free.Policy {
			if b.members, err = assume(b.config, free); err != nil {
				return nil, err
			}
		}
		k, err := assume(b.config, role)
		if err != nil {
			return nil, err
		}
		b.config.Credentials = k
		b.session = true
		if a, ok := arn.Parse(role.RoleARN); ok {
			b.account = a.Account
		}
	}
	return b, nil
}

// assume gives kept credentials of a role, assumed with cfg's credentials in
// the role's own partition.
func assume(cfg aws.Config, role Role) (*keeper, error) {
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
	return newKeeper(stscreds.NewAssumeRoleProvider(client, role.RoleARN, role.options)), nil
}

// options copies a role's settings into the SDK's.
func (r Role) options(o *stscreds.AssumeRoleOptions) {
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
