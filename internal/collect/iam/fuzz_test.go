package iam

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

const reportHead = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"

// A report is read, or refused by a fault; nothing in it breaks the reader.
func FuzzParseReport(f *testing.F) {
	f.Add([]byte(reportHead + "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true," +
		"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"))
	f.Add([]byte(reportHead + "ada,arn,x,true\n"))
	f.Add([]byte("\"\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := parseReport("111122223333", content)
		if err != nil {
			if !errors.Is(err, fault.Internal) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, p := range r.b.Parts {
			if p.Key == "" {
				t.Errorf("%q gives %+v", content, p)
			}
		}
	})
}
