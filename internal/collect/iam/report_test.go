package iam

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// The root user's password is as the report says, which newer reports do.
func TestRootPassword(t *testing.T) {
	for told, want := range map[string]bool{"not_supported": true, "true": true, "false": false} {
		r, err := parseReport("111122223333", []byte(reportHead+"<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,"+told+
			",no_information,N/A,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := snapshot.Decode[snapshot.CredentialBody](snapshot.Entity{Body: r.b.Parts[0].Body})
		if err != nil || body.Password != want {
			t.Errorf("%s: %+v, %v", told, body, err)
		}
	}
	if _, err := parseReport("111122223333", []byte(reportHead)); !errors.Is(err, fault.Internal) {
		t.Errorf("a report without rows: %v", err)
	}
}
