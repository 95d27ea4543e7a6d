package authref

import (
	"slices"
	"testing"
)

func TestFindsWhatTheReferenceSays(t *testing.T) {
	for _, test := range []struct {
		action, level, types string
	}{
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
		{"s3:ListAllMyBuckets", "List", ""},
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
		{"lambda:InvokeFunction", "Write", "function*"},
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
		{"ec2:DescribeInstances", "List", ""},
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
		{"iam:ListAccessKeys", "List", "user*"},
	} {
		a, ok := Find(test.action)
		if !ok || a.Level != test.level {
			t.Errorf("%s: %t, level %q", test.action, ok, a.Level)
		}
		types := ""
		for _, r := range a.Resources {
			types += r.Type
			if r.Required {
				types += "*"
			}
		}
		if types != test.types {
			t.Errorf("%s: resources %q, want %q", test.action, types, test.types)
		}
	}
	if a, _ := Find("s3:ListBucket"); !slices.Contains(a.Keys, "s3:prefix") {
		t.Errorf("s3:ListBucket has the condition keys %v", a.Keys)
	}
	if _, ok := Find("s3:Nothing"); ok {
		t.Error("s3:Nothing was found")
	}
}

func TestRefusesDamagedData(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("text"), packed[:len(packed)/2]} {
		if actions, err := parse(data); err == nil {
			t.Errorf("%d actions of damaged data", len(actions))
		}
	}
}
