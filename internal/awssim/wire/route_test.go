package wire

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim/model"
)

func TestRoutes(t *testing.T) {
	tests := []struct {
		service, request, header, op, label, value string
	}{
		{"s3", "GET /", "", "ListBuckets", "", ""},
		{"s3", "GET /?x-id=ListBuckets", "", "ListBuckets", "", ""},
		{"s3", "GET /bkt", "", "ListObjects", "Bucket", "bkt"},
		{"s3", "GET /bkt/?list-type=2&prefix=a", "", "ListObjectsV2", "Bucket", "bkt"},
		{"s3", "GET /bkt?location", "", "GetBucketLocation", "", ""},
		{"s3", "GET /bkt?lifecycle", "", "GetBucketLifecycleConfiguration", "", ""},
		{"s3", "GET /bkt?inventory", "", "ListBucketInventoryConfigurations", "", ""},
		{"s3", "GET /bkt?inventory&id=1", "", "GetBucketInventoryConfiguration", "", ""},
		{"s3", "PUT /bkt/dir/", "", "PutObject", "Key", "dir/"},
		{"s3", "PUT /bkt//a//b", "", "PutObject", "Key", "/a//b"},
		{"s3", "PUT /bkt/a%2Fb%20c%25", "", "PutObject", "Key", "a/b c%"},
		{"s3", "PUT /bkt/k?partNumber=1&uploadId=u", "", "UploadPart", "", ""},
		{"s3", "PUT /bkt/k?partNumber=1&uploadId=u", "X-Amz-Copy-Source", "UploadPartCopy", "", ""},
		{"s3", "PUT /bkt/k", "X-Amz-Copy-Source", "CopyObject", "", ""},
		{"s3", "PUT /bkt/k?tagging", "", "PutObjectTagging", "", ""},
		{"s3", "GET /bkt/k?uploadId=u", "", "ListParts", "", ""},
		{"s3", "POST /bkt/k?uploads", "", "CreateMultipartUpload", "", ""},
		{"s3", "POST /bkt/k?uploadId=u", "", "CompleteMultipartUpload", "", ""},
		{"s3", "DELETE /bkt/k?uploadId=u", "", "AbortMultipartUpload", "", ""},
		{"s3", "POST /bkt?delete", "", "DeleteObjects", "", ""},
		{"lambda", "GET /2015-03-31/functions/", "", "ListFunctions", "", ""},
		{"lambda", "GET /2015-03-31/functions", "", "ListFunctions", "", ""},
		{"lambda", "GET /2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af", "", "GetFunction", "FunctionName", "arn:aws:lambda:eu-west-1:1:function:f"},
		{"lambda", "POST /2015-03-31/functions/f/invocations", "", "Invoke", "FunctionName", "f"},
		{"rds-data", "POST /Execute", "", "ExecuteStatement", "", ""},
	}
	codecs := map[string]*Codec{}
	for _, tt := range tests {
		if codecs[tt.service] == nil {
			m, err := model.Load(tt.service)
			if err != nil {
				t.Fatal(err)
			}
			codecs[tt.service] = New(m)
		}
		method, target, _ := strings.Cut(tt.request, " ")
		r := httptest.NewRequest(method, target, nil)
		if tt.header != "" {
			r.Header.Set(tt.header, "x")
		}
		req, err := codecs[tt.service].Identify(r)
		if err != nil || req.Op.Name != tt.op || req.labels[tt.label] != tt.value {
			t.Errorf("%s %s: %v %v, %v; want %s", tt.service, tt.request, req.Op.Name, req.labels, err, tt.op)
		}
	}
}

// TestRoutesAreDistinct finds operations that no request could tell apart.
func TestRoutesAreDistinct(t *testing.T) {
	for _, name := range []string{"s3", "lambda", "rds-data", "sso", "sso-oidc"} {
		m, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for method, routes := range New(m).routes {
			for _, rt := range routes {
				key := method + " " + rt.op.HTTP.URI
				var needs []string
				for _, n := range rt.needs {
					needs = append(needs, n.LocationName)
				}
				slices.Sort(needs)
				key += " " + strings.Join(needs, ",")
				if seen[key] != "" {
					t.Errorf("%s: %s and %s are both %s", name, seen[key], rt.op.Name, key)
				}
				seen[key] = rt.op.Name
			}
		}
	}
}

// TestTargetWithDots routes by a target whose prefix holds dots, as boto3 sends it,
// and by the SDK's.
func TestTargetWithDots(t *testing.T) {
	m, err := model.Load("cloudtrail")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", "CloudTrail_20131101.LookupEvents"} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("X-Amz-Target", target)
		if req, err := New(m).Identify(r); err != nil || req.Op.Name != "LookupEvents" {
			t.Errorf("%s: %v, %v", target, req.Op, err)
		}
	}
}
