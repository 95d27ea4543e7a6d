// Package s3 holds the tools of Amazon S3: of objects and of buckets.
package s3

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	transport "github.com/aws/smithy-go/endpoints"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
	homes   bucketHomes
	buffers buffers // of downloads
}

// Tools lists the tools.
func Tools(k *kit.Kit) []*tool.Tool {
	b := &box{Kit: k}
	return []*tool.Tool{
		b.listTool(), b.getTool(), b.putTool(), b.deleteTool(), b.copyTool(),
		b.moveTool(), b.createBucketTool(), b.deleteBucketTool(), b.presignTool(), b.duTool(),
	}
}

// maxKey is the longest key that S3 takes, in bytes of UTF-8.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const maxKey = 1024

func checkKey(field, key string) error {
	if len(key) <= maxKey {
		return nil
	}
	return fault.New(fault.Invalid, "%s has %d bytes, and S3 takes at most %d", field, len(key), maxKey).
		At(field).WithFix("use a shorter key")
}

// objectURL names an object for people.
func objectURL(bucket, key string) string { return "s3://" + bucket + "/" + key }

// bucketARN returns the part of a bucket input that names account and region: the
// ARN for an access point, nothing for a name.
func bucketARN(bucket string) []string {
	if arn.Is(bucket) {
		return []string{bucket}
	}
	return nil
}

// newClient makes the client that all S3 tools share in a session. Stores that
// are not AWS's own are addressed by path, as their names seldom resolve with
// a bucket in front.
func newClient(session *awsapi.Session) *s3.Client {
	return awsapi.Client(session, func(cfg aws.Config, opts ...func(*s3.Options)) *s3.Client {
		return s3.NewFromConfig(cfg, append(opts, func(o *s3.Options) {
			o.UsePathStyle = o.UsePathStyle || !amazonHost(o.BaseEndpoint)
			o.DisableLogOutputChecksumValidationSkipped = true
			o.EndpointResolverV2 = endpointRules{o.EndpointResolverV2}
		}, paying, asked)...)
	})
}

// endpointRules are S3's endpoint rules, with typed errors. S3 also evaluates
// them to choose how to sign.
type endpointRules struct{ s3.EndpointResolverV2 }

// ResolveEndpoint is that of the rules.
func (r endpointRules) ResolveEndpoint(ctx context.Context, in s3.EndpointParameters) (transport.Endpoint, error) {
	endpoint, err := r.EndpointResolverV2.ResolveEndpoint(ctx, in)
	if err != nil {
		return endpoint, &awserr.EndpointError{Err: err}
	}
	return endpoint, nil
}

// checksumMode asks S3 for the checksums that it keeps, unless the connection
// wants none that are not required. Then no request asks for them, and answers
// are not verified.
func checksumMode(client *s3.Client) types.ChecksumMode {
	if client.Options().ResponseChecksumValidation == aws.ResponseChecksumValidationWhenRequired {
		return ""
	}
	return types.ChecksumModeEnabled
}

// amazonHost reports whether an endpoint, if any is set, is AWS's own.
func amazonHost(endpoint *string) bool {
	if endpoint == nil {
		return true
	}
	u, err := url.Parse(*endpoint)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn") ||
		strings.HasSuffix(host, ".api.aws")
}

// The ARNs that the tools' permissions are needed on.
const (
	bucketResource = "arn:{partition}:s3:::{bucket}"
	objectResource = "arn:{partition}:s3:::{bucket}/{key}"
)
