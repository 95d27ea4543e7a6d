package model

import "testing"

// TestPatterns holds Go's forms of AWS's patterns against texts.
func TestPatterns(t *testing.T) {
	tests := []struct{ service, shape, fits, fitsNot string }{
		{"iam", "pathType", "/a/b/", "a"},
		{"iam", "roleNameType", "a+b", "a b"},
		{"iam", "accountAliasType", "a-b", "a--b"},
		{"sts", "arnType", "arn:\U0001F600", "\x01"},
		{"lambda", "Alias", "1a", "12"},
		{"lambda", "Alias", "a1", ""},
		{"sso-admin", "Duration", "PT1H", "P"},
		{"sso-admin", "Duration", "P1DT", "PT"},
		{"sso-admin", "Duration", "-P1Y2M3WT4H5M6.7S", "P1H"},
		{"sso-admin", "Duration", "PT0.5S", "PT5"},
	}
	for _, tt := range tests {
		s, err := Load(tt.service)
		if err != nil {
			t.Fatal(err)
		}
		form, err := s.Shapes[tt.shape].Form()
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(tt.fits) || form.MatchString(tt.fitsNot) {
			t.Errorf("%s %s: %q fits: %t, %q fits: %t", tt.service, tt.shape, tt.fits, form.MatchString(tt.fits), tt.fitsNot, form.MatchString(tt.fitsNot))
		}
	}
}
