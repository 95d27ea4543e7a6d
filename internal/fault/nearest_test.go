package fault_test

import (
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestNearest(t *testing.T) {
	regions := []string{"us-east-1", "us-east-2", "eu-west-1", "ap-south-1"}
	tests := []struct {
		word string
		in   []string
		want string
	}{
		{"us-east1", regions, "us-east-1"},
		{"eu-wset-1", regions, "eu-west-1"},
		{"moon-base-9", regions, ""},
		{"buket", []string{"key", "bucket"}, "bucket"},
		{"s3.lits", []string{"s3.list", "ec2.list"}, "s3.list"},
		{"x", []string{"bucket"}, ""},
		{"lst", []string{"s3", "ec2"}, ""},
		{"iam", []string{"sim"}, ""},
		{"lits", []string{"cp", "list"}, "list"},
		{"dokter", []string{"doctor", "docs"}, "doctor"},
	}
	for _, tt := range tests {
		if got := fault.Nearest(tt.word, tt.in); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
