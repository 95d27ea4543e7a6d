package s3

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestSplitBucket(t *testing.T) {
	const account = ":us-east-1:111122223333:"
	for _, tt := range []struct{ bucket, source string }{
		{"harbour", "harbour"},
		{"arn:aws:s3" + account + "accesspoint/ap", "arn:aws:s3" + account + "accesspoint/ap/object"},
		{"arn:aws:s3" + account + "accesspoint:ap", "arn:aws:s3" + account + "accesspoint/ap/object"},
		{"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap", "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object"},
		{"arn:aws:s3-object-lambda" + account + "accesspoint/ol", "arn:aws:s3-object-lambda" + account + "accesspoint/ol/object"},
		{"arn:aws:s3-object-lambda" + account + "accesspoint:ol", "arn:aws:s3-object-lambda" + account + "accesspoint/ol/object"},
		{"arn:aws:s3-outposts" + account + "outpost/op-01ac5d28a6a232904/accesspoint/ap", "arn:aws:s3-outposts" + account + "outpost/op-01ac5d28a6a232904/object"},
		{"arn:aws:s3-outposts" + account + "outpost:op-01ac5d28a6a232904:accesspoint:ap", "arn:aws:s3-outposts" + account + "outpost/op-01ac5d28a6a232904/object"},
	} {
		for _, key := range []string{"", "x", "folder/x.txt", "a:b/c:d", "accesspoint/x"} {
			for _, text := range []string{tt.bucket + "/" + key, tt.bucket} {
				want := key
				if text == tt.bucket {
					want = ""
				}
				if p, err := parseLocation("from", "s3://"+text); err != nil || p.bucket != tt.bucket || p.key != want {
					t.Errorf("%s: %+v, %v", text, p, err)
				}
			}
		}
		if got := copyBucket(tt.bucket); got != tt.source {
			t.Errorf("a copy from %s names %s", tt.bucket, got)
		}
		// The SDK's rules take the bucket as it was cut.
		if _, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(t.Context(), s3.EndpointParameters{
			Bucket: aws.String(tt.bucket), Region: aws.String("us-east-1"),
		}); err != nil {
			t.Errorf("%s: %v", tt.bucket, err)
		}
	}
}
