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
				if bucket, got := splitBucket(text); bucket != tt.bucket || got != want {
					t.Errorf("%s gives %q and %q", text, bucket, got)
				}
				if p, err := parseLocation("from", "s3://"+text); err != nil || p.bucket != tt.bucket {
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

// FuzzSplitBucket: a bucket and a key are the text again.
func FuzzSplitBucket(f *testing.F) {
	for _, seed := range []string{"", "a/b", "arn:", "arn:aws:s3:r:1:accesspoint/ap/k", "arn:aws:s3-outposts:r:1:outpost/o/accesspoint/a/k", "arn:a:b:c:d:outpost:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bucket, key := splitBucket(text)
		if bucket+"/"+key != text && bucket+key != text {
			t.Errorf("%q gives %q and %q", text, bucket, key)
		}
	})
}
