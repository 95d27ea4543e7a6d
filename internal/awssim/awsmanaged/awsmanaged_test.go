package awsmanaged_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awssim/awsmanaged"
	"github.com/hawser/hawser/internal/policy"
)

// Every document is one that the parser takes.
func TestDocumentsAreParsed(t *testing.T) {
	names := awsmanaged.Names()
	if len(names) < 1400 {
		t.Errorf("only %d policies", len(names))
	}
	for _, name := range names {
		p, ok := awsmanaged.Find(name)
		if !ok || p.Name != name || p.Version < 1 || p.Created.IsZero() || p.Updated.Before(p.Created) {
			t.Errorf("%s: %+v", name, p)
		}
		if _, err := policy.Parse([]byte(p.Document)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Some documents are as AWS's reference shows them.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
func TestDocuments(t *testing.T) {
	p, ok := awsmanaged.Find("AdministratorAccess")
	if want := `{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}`; !ok || p.Document != want || p.Version != 1 {
		t.Errorf("%+v", p)
	}
	if _, ok := awsmanaged.Find("ViewOnlyAccess"); ok {
		t.Error("ViewOnlyAccess is found without its path")
	}
	if _, ok := awsmanaged.Find("job-function/ViewOnlyAccess"); !ok {
		t.Error("there is no job-function/ViewOnlyAccess")
	}
}

// BenchmarkFind has the data unpacked once, and then found.
func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		awsmanaged.Find("ReadOnlyAccess")
	}
}
