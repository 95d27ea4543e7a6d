package answer_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// TestNoOperationTakesAnAnswerThatIsNotAWSs asks every operation of a server
// that is none of AWS's.
func TestNoOperationTakesAnAnswerThatIsNotAWSs(t *testing.T) {
	const html = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>"
	tests := map[string]struct {
		status            int
		contentType, body string
	}{
		"plain text":           {200, "text/plain", "OK"},
		"HTML":                 {200, "text/html; charset=utf-8", html},
		"HTML of no type":      {200, "", html},
		"nothing":              {200, "text/plain", ""},
		"nothing, as XML":      {200, "text/xml", ""},
		"no content":           {204, "", ""},
		"an empty object":      {200, "application/json", "{}"},
		"another object":       {200, "application/x-amz-json-1.1", `{"status": "ok"}`},
		"a list":               {200, "application/json", "[]"},
		"half an object":       {200, "application/json", `{"Accounts": [`},
		"another document":     {200, "text/xml", "<ok/>"},
		"half a document":      {200, "text/xml", "<DescribeInstancesResponse><reservationSet>"},
		"a page that is found": {404, "text/html", html},
		"a page that forbids":  {403, "text/html", html},
		"not found, in JSON":   {404, "application/problem+json", `{"title": "Not Found"}`},
		"gone elsewhere":       {302, "text/html", html},
		"a proxy's password":   {407, "text/html", html},
		"a network's sign-in":  {511, "text/html", html},
		"a failure's page":     {500, "text/html", html},
		"a page of XHTML":      {503, "application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`},
		"a failure in text":    {502, "text/plain", "no healthy upstream"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server, asked := awsapitest.Page(t, tt.status, tt.contentType, tt.body)
			of := awsapitest.Clients(awsapitest.SessionAt(t, server.URL).Config())
			for service, operations := range answer.Operations() {
				for name := range operations {
					before := asked.Load()
					_, err := awsapitest.Operation(t, of[service], name)
					f := awserr.Fault(err)
					if f == nil || f.Kind != fault.Endpoint || f.Cause == "" || f.Fix == "" {
						t.Errorf("%s %s: %+v", service, name, f)
					}
					if n := asked.Load() - before; n != 1 && (tt.status < 500 || tt.status == 511) {
						t.Errorf("%s %s asked %d times", service, name, n)
					}
				}
			}
		})
	}
}

// TestAnswersNeedTheirMembers gives every operation of the query protocol an
// answer of its own name that holds nothing.
func TestAnswersNeedTheirMembers(t *testing.T) {
	awsapitest.Clean(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		name := r.Form.Get("Action")
		w.Header().Set("X-Amzn-Requestid", "req-1")
		fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult></%[1]sResult><requestId>r</requestId></%[1]sResponse>", name)
	}))
	t.Cleanup(server.Close)
	of := awsapitest.Clients(awsapitest.SessionAt(t, server.URL).Config())
	for _, service := range []string{"EC2", "IAM", "RDS", "STS"} {
		for name := range answer.Operations()[service] {
			if _, err := awsapitest.Operation(t, of[service], name); !errors.Is(awserr.Fault(err), fault.Endpoint) {
				t.Errorf("%s %s: %v", service, name, err)
			}
		}
	}
}

// TestNeededMembersExist compares the table with the SDK's outputs.
func TestNeededMembersExist(t *testing.T) {
	of := awsapitest.Clients(aws.Config{})
	for service, operations := range answer.Operations() {
		for name, members := range operations {
			output := reflect.ValueOf(of[service]).MethodByName(name).Type().Out(0)
			for _, member := range members {
				for path := range strings.SplitSeq(member, "|") {
					at := output
					for field := range strings.SplitSeq(path, ".") {
						f, ok := at.Elem().FieldByName(field)
						if !ok {
							t.Fatalf("%s %s has no %s", service, name, path)
						}
						at = f.Type
					}
					if at.Kind() == reflect.Bool || at.Kind() == reflect.Int32 || at.Kind() == reflect.Int64 {
						t.Errorf("%s %s: %s looks alike absent and zero", service, name, path)
					}
				}
			}
		}
	}
}

// TestAnErrorWithinSuccessIsAFailure: S3 answers 200 before it has finished.
func TestAnErrorWithinSuccessIsAFailure(t *testing.T) {
	awsapitest.Clean(t)
	const body = `<?xml version="1.0" encoding="UTF-8"?>` + "\n   \n" + `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`
	server, _ := awsapitest.Page(t, 200, "application/xml", body)
	client := awsapitest.Clients(awsapitest.SessionAt(t, server.URL).Config())["S3"]
	for name := range answer.Operations()["S3"] {
		if name == "GetObject" || name == "HeadObject" || name == "HeadBucket" {
			continue // an object may hold such a document, and HEAD shows none
		}
		_, err := awsapitest.Operation(t, client, name)
		if f := awserr.Fault(err); f == nil || f.Kind != fault.Denied && f.Kind != fault.Endpoint {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, name := range []string{"CopyObject", "UploadPartCopy", "CompleteMultipartUpload"} {
		_, err := awsapitest.Operation(t, client, name)
		if f := awserr.Fault(err); f == nil || f.Code != "AccessDenied" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
