package answer_test

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// A page that others follow says where, and its next page is not itself. The requests
// have the token aaaaaaaaaaaa.
func TestPagesLeadOn(t *testing.T) {
	const xml, jsons = "text/xml", "application/json"
	listing := func(s string) string {
		return "<ListBucketResult><Name>b</Name>" + s + "</ListBucketResult>"
	}
	versions := func(s string) string {
		return "<ListVersionsResult><Name>b</Name>" + s + "</ListVersionsResult>"
	}
	users := func(s string) string {
		return "<ListUsersResponse><ListUsersResult><Users/>" + s + "</ListUsersResult></ListUsersResponse>"
	}
	const more = "<IsTruncated>true</IsTruncated>"
	tests := map[string]struct {
		service, operation, contentType string
		body                            string
		good                            bool
	}{
		"objects without a token":    {"S3", "ListObjectsV2", xml, listing(more), false},
		"objects again":              {"S3", "ListObjectsV2", xml, listing(more + "<NextContinuationToken>aaaaaaaaaaaa</NextContinuationToken>"), false},
		"objects":                    {"S3", "ListObjectsV2", xml, listing(more + "<NextContinuationToken>b</NextContinuationToken>"), true},
		"the last objects":           {"S3", "ListObjectsV2", xml, listing("<IsTruncated>false</IsTruncated>"), true},
		"versions without a marker":  {"S3", "ListObjectVersions", xml, versions(more), false},
		"versions again":             {"S3", "ListObjectVersions", xml, versions(more + "<NextKeyMarker>aaaaaaaaaaaa</NextKeyMarker><NextVersionIdMarker>aaaaaaaaaaaa</NextVersionIdMarker>"), false},
		"versions of the same key":   {"S3", "ListObjectVersions", xml, versions(more + "<NextKeyMarker>aaaaaaaaaaaa</NextKeyMarker><NextVersionIdMarker>b</NextVersionIdMarker>"), true},
		"buckets again":              {"S3", "ListBuckets", xml, "<ListAllMyBucketsResult><Buckets/><ContinuationToken>aaaaaaaaaaaa</ContinuationToken></ListAllMyBucketsResult>", false},
		"users without a marker":     {"IAM", "ListUsers", xml, users(more), false},
		"users again":                {"IAM", "ListUsers", xml, users(more + "<Marker>aaaaaaaaaaaa</Marker>"), false},
		"users":                      {"IAM", "ListUsers", xml, users(more + "<Marker>b</Marker>"), true},
		"functions again":            {"Lambda", "ListFunctions", jsons, `{"Functions": [], "NextMarker": "aaaaaaaaaaaa"}`, false},
		"functions":                  {"Lambda", "ListFunctions", jsons, `{"Functions": [], "NextMarker": "b"}`, true},
		"events again":               {"CloudWatch Logs", "FilterLogEvents", jsons, `{"events": [], "nextToken": "aaaaaaaaaaaa"}`, false},
		"accounts again":             {"Organizations", "ListAccounts", jsons, `{"Accounts": [], "NextToken": "aaaaaaaaaaaa"}`, false},
		"instances again":            {"EC2", "DescribeInstances", xml, "<DescribeInstancesResponse><reservationSet/><nextToken>aaaaaaaaaaaa</nextToken></DescribeInstancesResponse>", false},
		"database instances again":   {"RDS", "DescribeDBInstances", xml, "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances/><Marker>aaaaaaaaaaaa</Marker></DescribeDBInstancesResult></DescribeDBInstancesResponse>", false},
		"permission sets again":      {"SSO Admin", "ListPermissionSets", jsons, `{"PermissionSets": [], "NextToken": "aaaaaaaaaaaa"}`, false},
		"people again":               {"identitystore", "ListUsers", jsons, `{"Users": [], "NextToken": "aaaaaaaaaaaa"}`, false},
		"people":                     {"identitystore", "ListUsers", jsons, `{"Users": [], "NextToken": "b"}`, true},
		"people without another one": {"identitystore", "ListUsers", jsons, `{"Users": []}`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				w.Header().Set("X-Amzn-Requestid", "r")
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			client := awsapitest.Clients(awsapitest.SessionAt(t, server.URL).Config())[tt.service]
			_, err := awsapitest.Operation(t, client, tt.operation)
			if f := awserr.Fault(err); tt.good != (f == nil) || f != nil && f.Kind != fault.Endpoint {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestListingsHaveTheirPaging compares the table with the SDK: its fields are those of
// each operation's input and output, and an operation with such a field has a paging.
func TestListingsHaveTheirPaging(t *testing.T) {
	of := awsapitest.Clients(aws.Config{})
	listings := 0
	for service, operations := range answer.Operations() {
		for operation := range operations {
			method := reflect.TypeOf(of[service]).Method(0)
			for i := range reflect.TypeOf(of[service]).NumMethod() {
				if m := reflect.TypeOf(of[service]).Method(i); m.Name == operation {
					method = m
				}
			}
			in, out := fieldsOf(method.Type.In(2).Elem()), fieldsOf(method.Type.Out(0).Elem())
			token, next := answer.Paging(service, operation)
			if !slices.ContainsFunc(out, pagingField) {
				continue
			}
			listings++
			for _, name := range token {
				if !slices.Contains(in, name) {
					t.Errorf("%s %s has no input %s", service, operation, name)
				}
			}
			for _, name := range next {
				if !slices.Contains(out, name) {
					t.Errorf("%s %s has no output %s", service, operation, name)
				}
			}
			if len(next) == 0 || slices.Contains(out, "IsTruncated") != slices.Contains(next, "IsTruncated") {
				t.Errorf("%s %s goes on by %v", service, operation, next)
			}
		}
	}
	if listings < 40 {
		t.Errorf("only %d listings", listings)
	}
}

func pagingField(name string) bool {
	return name == "IsTruncated" || strings.HasPrefix(name, "Next") || name == "Marker"
}

func fieldsOf(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		names = append(names, of.Field(i).Name)
	}
	return names
}
