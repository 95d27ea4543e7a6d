package secretsmanager

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type listInput struct {
	tool.Target
	tool.Fan
	tool.Page
	Prefix  string `json:"prefix,omitempty" jsonschema:"only secrets whose names begin with this" holds:"content"`
	Deleted bool   `json:"include_planned_deletion,omitempty" jsonschema:"also secrets that are to be deleted"`
}

// secret is a secret without its value.
type secret struct {
	Name         string            `json:"name" column:"SECRET"`
	Rotates      bool              `json:"rotation_enabled" column:"ROTATES"`
	Changed      *time.Time        `json:"last_changed,omitempty" column:"CHANGED" jsonschema:"when the secret or its settings were last changed"`
	Accessed     *time.Time        `json:"last_accessed,omitempty" column:"READ" jsonschema:"the day on which the value was last read; Secrets Manager tells no time"`
	ARN          string            `json:"arn"`
	Description  string            `json:"description,omitempty"`
	Rotated      *time.Time        `json:"last_rotated,omitempty"`
	NextRotation *time.Time        `json:"next_rotation,omitempty"`
	RotatedBy    string            `json:"rotation_lambda_arn,omitempty" jsonschema:"the function that rotates the secret; absent if a service of AWS does"`
	Created      *time.Time        `json:"created,omitempty"`
	Deleted      *time.Time        `json:"deleted,omitempty" jsonschema:"when it was marked for deletion"`
	Key          string            `json:"kms_key_id,omitempty" jsonschema:"the key that encrypts it; absent for aws/secretsmanager"`
	Owner        string            `json:"owning_service,omitempty" jsonschema:"the service of AWS that made it"`
	Primary      string            `json:"primary_region,omitempty" jsonschema:"the region of which it is a replica, or from which it has replicas"`
	Tags         map[string]string `json:"tags,omitempty"`
	Account      string            `json:"account"`
	Region       string            `json:"region"`
	Place        string            `json:"-" column:"WHERE"`
}

func (b *box) listTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "secretsmanager.list", Items: "secrets", Summary: "List secrets, never their values",
		Lists:       map[string]string{"secretsmanager.secret": "arn"},
		NounAliases: []string{"secrets"},
		Description: "Names, rotation and last changes. No tool of Hawser shows the value of a secret.",
		Effect:      tool.Read, Idempotent: true, Default: true, Args: []string{"prefix"},
		Forms: []tool.Form{{Verb: "list-secrets", Flags: kit.PageFlags()}},
		Needs: []tool.Need{{Action: "secretsmanager:ListSecrets", Resource: kit.AnyResource}},
		Examples: []tool.Example{
			{Does: "the secrets of the region", Input: `{}`},
			{Does: "a team's secrets, everywhere", Input: `{"prefix": "shop/", "all_regions": true, "all_accounts": true}`},
		},
	}, b.list)
}

// pageSize is the most secrets that one call returns.
const pageSize = 100

func (b *box) list(ctx context.Context, _ *tool.Call, in listInput) (tool.List[secret], error) {
	return kit.Gather(ctx, b.Kit, in.Target, in.Fan, in.Page,
		func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[secret], error) {
			return in.page(ctx, s, token, limit)
		})
}

// page reads one page, in the order of names.
//
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
func (in listInput) page(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[secret], error) {
	ask := &secretsmanager.ListSecretsInput{
		NextToken: kit.Optional(token), MaxResults: kit.PageSize(limit, pageSize),
		SortBy: types.SortByTypeName, SortOrder: types.SortOrderTypeAsc,
	}
	if in.Prefix != "" {
		ask.Filters = []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{in.Prefix}}}
	}
	if in.Deleted {
		ask.IncludePlannedDeletion = aws.Bool(true)
	}
	out, err := awsapi.Client(s, secretsmanager.NewFromConfig).ListSecrets(ctx, ask)
	if err != nil {
		return tool.Batch[secret]{}, err
	}
	batch := tool.Batch[secret]{Next: aws.ToString(out.NextToken)}
	for _, entry := range out.SecretList {
		one := secretOf(entry)
		one.Account, one.Region, one.Place = s.Account, s.Region, kit.LocationOf(in.Fan, s)
		batch.Items = append(batch.Items, one)
	}
	return batch, nil
}

func secretOf(e types.SecretListEntry) secret {
	s := secret{
		Name: aws.ToString(e.Name), ARN: aws.ToString(e.ARN), Description: aws.ToString(e.Description),
		Rotates: aws.ToBool(e.RotationEnabled), RotatedBy: aws.ToString(e.RotationLambdaARN),
		Changed: e.LastChangedDate, Accessed: e.LastAccessedDate, Rotated: e.LastRotatedDate, NextRotation: e.NextRotationDate,
		Created: e.CreatedDate, Deleted: e.DeletedDate, Key: aws.ToString(e.KmsKeyId),
		Owner: aws.ToString(e.OwningService), Primary: aws.ToString(e.PrimaryRegion),
	}
	for _, tag := range e.Tags {
		if s.Tags == nil {
			s.Tags = map[string]string{}
		}
		s.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return s
}
