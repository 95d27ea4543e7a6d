package s3

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// bucketHomes remembers in which region buckets turned out to live.
type bucketHomes struct{ regions sync.Map } // bucketName -> region

// forget removes a bucket that was deleted.
func (h *bucketHomes) forget(bucket string) {
	h.regions.Range(func(key, _ any) bool {
		if name, ok := key.(bucketName); ok && name.bucket == bucket {
			h.regions.Delete(key)
		}
		return true
	})
}

// bucketName is a bucket of one connection: names are unique only within one
// endpoint.
type bucketName struct{ connection, bucket string }

func (h *bucketHomes) get(name bucketName) string {
	region, _ := h.regions.Load(name)
	text, _ := region.(string)
	return text
}

// atBucket runs do with a client for the bucket's region. Where S3 answers
// that the bucket lives elsewhere, do runs once more there, and later calls go
// there at once; note then says so. do must be safe to run twice.
func (b *box) atBucket(ctx context.Context, target tool.Target, bucket string, do func(*s3.Client) error) (note string, err error) {
	session, err := b.Session(ctx, target, bucketARN(bucket)...)
	if err != nil {
		return "", err
	}
	asked := session.Region
	name := bucketName{session.Connection, bucket}
	if home := b.homes.get(name); home != "" && home != asked {
		if session, err = b.moved(ctx, session, home); err != nil {
			return "", err
		}
	}
	err = atARN(bucket, kit.Explain(ctx, do(newClient(session))))
	if home := rightRegion(err); home != "" && home != session.Region {
		b.homes.regions.Store(name, home)
		if session, err = b.moved(ctx, session, home); err != nil {
			return "", err
		}
		err = atARN(bucket, kit.Explain(ctx, do(newClient(session))))
	}
	if session.Region != asked {
		note = fmt.Sprintf("the bucket %s lives in %s, not %s; the call went there", bucket, session.Region, asked)
	}
	return note, err
}

// atARN names the field of a bucket for which S3's endpoint rules give no address:
// they refuse ARNs alone.
func atARN(bucket string, err error) error {
	if !unaddressed(err) {
		return err
	}
	f := fault.From(err).At("bucket")
	point, ok := arn.Parse(bucket)
	switch {
	case !ok:
		return f
	case point.Service == "s3" && !strings.ContainsAny(point.Resource, "/:"):
		return f.WithFix("give the bucket's name alone: %s", point.Resource)
	}
	return f.WithFix("give the ARN of an access point, whose region, partition and kind S3 knows, and a connection " +
		"to AWS's own endpoint without path_style; or a bucket's name")
}

// unaddressed reports that the endpoint rules gave no address.
func unaddressed(err error) bool {
	var endpoint *awserr.EndpointError
	return errors.As(err, &endpoint)
}

// moved returns the session of the same account in another region.
func (b *box) moved(ctx context.Context, s *awsapi.Session, region string) (*awsapi.Session, error) {
	target := s.Target()
	target.Region = region
	return b.Session(ctx, tool.Target(target))
}

// rightRegion returns the region that a WrongRegion fault names.
func rightRegion(err error) string {
	if !errors.Is(err, fault.WrongRegion) {
		return ""
	}
	return fault.From(err).Region
}

// notes collects the remarks that are not empty.
func notes(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
