package sources_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
)

func printed(text string) *collect.Printed { return &collect.Printed{Reader: strings.NewReader(text)} }

// What is read of files is cells, or a fault of kind Invalid.
func FuzzFromFiles(f *testing.F) {
	f.Add(`{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/a", "UserName": "a"}]}`, `{"Accounts": [{"Id": "111122223333"}]}`)
	f.Add(`{"RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/a", "AssumeRolePolicyDocument": {"Statement": [{"Principal": "*"}]}}]}`, ``)
	f.Add(`[`, `{"Accounts": 1}`)
	f.Fuzz(func(t *testing.T, details, organization string) {
		cells, err := sources.FromFiles(printed(details), "111122223333", printed(organization))
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		for {
			o, b, err := cells.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || o.Gap() != (o.Reason != "") || b == nil {
				t.Fatalf("%+v, %v", o, err)
			}
		}
	})
}
