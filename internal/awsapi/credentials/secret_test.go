package credentials_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

// What stands in the working directory neither runs nor is read in the place of
// what a configuration elsewhere names.
func TestRelativeReferencesBeginInTheirDirectory(t *testing.T) {
	awsapitest.Clean(t)
	own, stranger := t.TempDir(), t.TempDir()
	for dir, key := range map[string]string{own: "AKIAOWN", stranger: "AKIASTRANGER"} {
		for name, text := range map[string]string{"id": "#!/bin/sh\ntouch ran\necho " + key + "\n", "secret": "s\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(stranger)
	server := awsapitest.NewServer(t)
	got := signedWith(t, server, awsapi.Settings{
		AccessKeyID: settings.NewSecret("exec:./id").In(own), SecretAccessKey: settings.NewSecret("file:secret").In(own),
		Endpoint: server.URL, Region: "us-east-1",
	})
	if got != "AKIAOWN" {
		t.Errorf("signed with %s", got)
	}
}
