package wire

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/model"
)

// fuzzDecode feeds bodies to the decoder of one operation: whatever comes, it
// must decode or give an *Error that is the caller's fault.
func fuzzDecode[I any](f *testing.F, service, op string, p Protocol) {
	m, err := model.Load(service)
	if err != nil {
		f.Fatal(err)
	}
	c := New(m)
	f.Fuzz(func(t *testing.T, body string) {
		req := &Request{HTTP: httptest.NewRequest("POST", "/", strings.NewReader(body)), Op: m.Operations[op], Protocol: p}
		var err error
		if p == Query || p == EC2 {
			if req.form, err = parseForm(body, p); err != nil {
				return
			}
		}
		if err = c.Decode(req, new(I)); err == nil {
			return
		}
		var invalid *Invalid
		if errors.As(err, &invalid) && len(invalid.Violations) > 0 && invalid.Error() != "" {
			return
		}
		if e, ok := err.(*Error); !ok || e.Status != 400 {
			t.Errorf("%#v is not an answer of status 400", err)
		}
	})
}

func FuzzForm(f *testing.F) {
	f.Add("Action=DescribeInstances&Filter.1.Name=a&Filter.1.Value.1=b&InstanceId.1=i&MaxResults=5")
	f.Add("Filter.1=x&Filter=y&DryRun=perhaps&a.b.c.d=%zz")
	f.Add("Filter.99999999999999999999.Name=a&.=&..=")
	fuzzDecode[ec2.DescribeInstancesInput](f, "ec2", "DescribeInstances", EC2)
}

func FuzzQueryForm(f *testing.F) {
	f.Add("MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.2.Name=x&StartTime=2026-01-01T00:00:00Z")
	f.Add("MetricDataQueries.member.x=1&StartTime=never")
	fuzzDecode[cloudwatch.GetMetricDataInput](f, "cloudwatch", "GetMetricData", Query)
}

func FuzzCBOR(f *testing.F) {
	f.Add("\xbf\x69StartTime\xc1\x1a\x65\x00\x00\x00\xff")
	f.Add("\xa1\x71MetricDataQueries\x81\xa1\x62Id\x61m")
	f.Add("\x9f\x9f\x9f")
	fuzzDecode[cloudwatch.GetMetricDataInput](f, "cloudwatch", "GetMetricData", CBOR)
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"FunctionName":"f","Environment":{"Variables":{"a":"b"}},"Layers":["x",null],"Timeout":1e400,"Code":{"ZipFile":"QQ=="}}`)
	f.Add(`[1]`)
	fuzzDecode[lambda.CreateFunctionInput](f, "lambda", "CreateFunction", RESTJSON)
}

func FuzzXML(f *testing.F) {
	f.Add(`<Delete xmlns="x"><Object><Key>a</Key><VersionId/></Object><Object/><Quiet>true</Quiet></Delete>`)
	f.Add(`<a><b></a>`)
	fuzzDecode[s3.DeleteObjectsInput](f, "s3", "DeleteObjects", RESTXML)
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2026-01-02T03:04:05.678Z", "Mon, 02 Jan 2006 15:04:05 GMT", "1.5e9", "NaN", "-1e300"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := parseTime(s); err == nil && at.Location() != nil && at.Location().String() != "UTC" {
			t.Errorf("%q is read as %v, not in UTC", s, at)
		}
	})
}

// FuzzRoute asks for any path: it is an operation's, or none's.
func FuzzRoute(f *testing.F) {
	f.Add("s3", "GET", "/bucket/a/key?versionId=1&tagging")
	f.Add("s3", "POST", "/b//k?delete&uploads=")
	f.Add("lambda", "POST", "/2015-03-31/functions/f/invocations")
	f.Add("lambda", "PUT", "//2015-03-31/functions//x%2F/")
	codecs := map[string]*Codec{}
	for _, service := range []string{"s3", "lambda"} {
		m, err := model.Load(service)
		if err != nil {
			f.Fatal(err)
		}
		codecs[service] = New(m)
	}
	f.Fuzz(func(t *testing.T, service, method, target string) {
		c := codecs[service]
		u, err := url.ParseRequestURI(target)
		if c == nil || err != nil {
			return
		}
		req, err := c.Identify(&http.Request{Method: method, URL: u, Header: http.Header{}, Body: http.NoBody})
		if err == nil && (req.Op == nil || c.Model.Operations[req.Op.Name] != req.Op) {
			t.Errorf("%s %s is %+v", method, target, req.Op)
		}
		if e, ok := err.(*Error); err != nil && (!ok || e.Code == "") {
			t.Errorf("%s %s: %#v is not an answer", method, target, err)
		}
	})
}
