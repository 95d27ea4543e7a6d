package answer_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// TestIdentitiesExist compares the table with the SDK's outputs.
func TestIdentitiesExist(t *testing.T) {
	of := awsapitest.Clients(aws.Config{})
	for service, operations := range answer.Identities() {
		for name, paths := range operations {
			if _, called := answer.Operations()[service][name]; !called {
				t.Errorf("%s %s is not in the table of operations", service, name)
			}
			output := reflect.ValueOf(of[service]).MethodByName(name).Type().Out(0)
			for _, path := range paths {
				at, lists := output.Elem(), 0
				for field := range strings.SplitSeq(path, ".") {
					f, ok := at.FieldByName(field)
					if !ok {
						t.Fatalf("%s %s has no %s", service, name, path)
					}
					if at = f.Type; at.Kind() == reflect.Slice {
						at, lists = at.Elem(), lists+1
					}
				}
				if lists == 0 || at.Kind() != reflect.Pointer || at.Elem().Kind() != reflect.String {
					t.Errorf("%s %s: %s is not a text of an item", service, name, path)
				}
			}
		}
	}
}

// TestItemsNeedTheirIdentity gives lists whose second item has no identity, or an empty
// one.
func TestItemsNeedTheirIdentity(t *testing.T) {
	tests := []struct{ service, operation, contentType, body string }{
		{"EC2", "DescribeInstances", "text/xml", `<DescribeInstancesResponse><reservationSet><item><instancesSet>` +
			`<item><instanceId>i-1</instanceId></item>ITEM</instancesSet></item></reservationSet></DescribeInstancesResponse>`},
		{"IAM", "ListUsers", "text/xml", `<ListUsersResponse><ListUsersResult><Users><member><Arn>arn:aws:iam::1:user/a</Arn></member>MEMBER</Users></ListUsersResult></ListUsersResponse>`},
		{"Lambda", "ListFunctions", "application/json", `{"Functions": [{"FunctionArn": "a"}, {"FunctionArn": ""}]}`},
		{"Organizations", "ListAccounts", "application/json", `{"Accounts": [{"Id": "111122223333"}, {}]}`},
		{"S3", "ListBuckets", "application/xml", `<ListAllMyBucketsResult><Buckets><Bucket><Name>a-a</Name></Bucket><Bucket/></Buckets></ListAllMyBucketsResult>`},
	}
	for _, tt := range tests {
		for _, item := range []string{"<NAME/>", "<NAME><instanceId/><Arn/></NAME>"} {
			body := tt.body
			for place, name := range map[string]string{"ITEM": "item", "MEMBER": "member"} {
				body = strings.ReplaceAll(body, place, strings.ReplaceAll(item, "NAME", name))
			}
			awsapitest.Clean(t)
			server, _ := awsapitest.Page(t, 200, tt.contentType, body)
			client := awsapitest.Clients(awsapitest.SessionAt(t, server.URL).Config())[tt.service]
			_, err := awsapitest.Operation(t, client, tt.operation)
			if f := awserr.Fault(err); !errors.Is(f, fault.Endpoint) || !strings.Contains(f.Cause, "in an item of ") {
				t.Errorf("%s %s, %s: %v", tt.service, tt.operation, item, err)
			}
		}
	}
}
