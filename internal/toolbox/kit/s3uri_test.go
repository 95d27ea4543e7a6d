package kit

import "testing"

// FuzzS3URI: a bucket and a key are the text again.
func FuzzS3URI(f *testing.F) {
	for _, seed := range []string{"", "a/b", "arn:", "arn:aws:s3:r:1:accesspoint/ap/k", "arn:aws:s3-outposts:r:1:outpost/o/accesspoint/a/k", "arn:a:b:c:d:outpost:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bucket, key, ok := S3URI("s3://" + text)
		if !ok || bucket+"/"+key != text && bucket+key != text {
			t.Errorf("%q gives %q and %q", text, bucket, key)
		}
	})
}
