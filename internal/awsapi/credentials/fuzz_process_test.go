package credentials

import "testing"

// FuzzCredentialProcess holds that an answer is either taken or complained of,
// and that keys are whole where it is taken.
func FuzzCredentialProcess(f *testing.F) {
	f.Add([]byte(`{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2026-01-02T15:04:05Z"}`))
	f.Add([]byte(`{"Version": 1, "Expiration": ""}`))
	f.Fuzz(func(t *testing.T, out []byte) {
		creds, wrong := readProcess(out)
		if creds.HasKeys() != (wrong == "") {
			t.Errorf("%+v, %q", creds, wrong)
		}
	})
}
