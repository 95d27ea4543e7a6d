package awsapi

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// fromAWS reads "ARN#key": the secret's string, or one field of its JSON.
func fromAWS(ctx context.Context, ref string, read secretReader) (string, error) {
	secret, key, picked := strings.Cut(ref, "#")
	text, err := read(ctx, secret)
	if err != nil || !picked {
		return text, err
	}
	var fields map[string]any
	if json.Unmarshal([]byte(text), &fields) != nil {
		return "", fault.New(fault.NoCredentials, "secret %s is not a JSON object, so it has no field %q", secret, key).
			WithFix("leave #%s away, or store the secret as JSON", key)
	}
	value, ok := fields[key].(string)
	if !ok {
		return "", fault.New(fault.NoCredentials, "secret %s has no text field %q", secret, key).
			WithFix("check the name after # in the awssecret: reference")
	}
	return value, nil
}

// readerFor reads secrets with a configuration's credentials, in the region
// that the secret's ARN names.
func readerFor(cfg aws.Config) secretReader {
	return func(ctx context.Context, secret string) (string, error) {
		client := secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
			if a, ok := arn.Parse(secret); ok && a.Region != "" {
				o.Region = a.Region
			}
		})
		out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret})
		if err != nil {
			return "", awserr.Fault(err)
		}
		return aws.ToString(out.SecretString), nil
	}
}
