package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// A connection's name stands under its own label, and not as an account.
func TestCallsOfAWSAreCountedByConnectionOrAccount(t *testing.T) {
	m := newMetrics(func() []APICount {
		return []APICount{
			{Connection: "sim", Region: "us-east-1", Service: "S3", Operation: "ListBuckets", Attempts: 2},
			{Account: "111122223333", Region: "us-east-1", Service: "S3", Operation: "ListBuckets", Attempts: 3},
		}
	})
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`hawser_aws_calls_total{account="",connection="sim",operation="ListBuckets",region="us-east-1",service="S3"} 2`,
		`hawser_aws_calls_total{account="111122223333",connection="",operation="ListBuckets",region="us-east-1",service="S3"} 3`,
	} {
		if !strings.Contains(w.Body.String(), line) {
			t.Errorf("metrics lack %s:\n%s", line, w.Body)
		}
	}
}
