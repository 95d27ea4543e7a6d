package signin_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/fault"
)

// TestOddPlacesOfTheCache wants a link or a directory in the place of the file to be
// refused before anybody is asked to sign in.
func TestOddPlacesOfTheCache(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a link":                        func(path string) error { return os.Symlink(filepath.Join(os.Getenv("HOME"), "elsewhere"), path) },
		"a directory":                   func(path string) error { return os.Mkdir(path, 0o700) },
		"a directory that all write in": func(path string) error { return os.Chmod(filepath.Dir(path), 0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			c := o.client(func(address string) { o.open(address) })
			done, err := c.SignIn(t.Context(), o.session("work"))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Remove(done.File), put(done.File)); err != nil {
				t.Fatal(err)
			}
			_, err = c.SignIn(t.Context(), o.session("work"))
			if !errors.Is(err, fault.Refused) || fault.From(err).Fix == "" {
				t.Errorf("%v", err)
			}
			if _, err := os.Stat(filepath.Join(os.Getenv("HOME"), "elsewhere")); err == nil {
				t.Error("the link was followed")
			}
		})
	}
}

// TestAddressesThatAreNotOpened wants nothing but a web page to be shown.
func TestAddressesThatAreNotOpened(t *testing.T) {
	o := start(t)
	for _, address := range []string{"file:///etc/passwd", "http://evil.example.com/", "javascript:alert(1)", "https://a@b/", "--help", "https:///", "https://x/\x1b[31m"} {
		quoted, err := json.Marshal(address)
		if err != nil {
			t.Fatal(err)
		}
		server := awsapitest.NewServer(t)
		server.On("POST /client/register", awsapitest.Whole("application/json", `{"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 4102444800}`))
		server.On("POST /device_authorization", awsapitest.Whole("application/json", fmt.Sprintf(`{"deviceCode": "d", "userCode": "ABCD-EFGH", "verificationUri": %s, "verificationUriComplete": %[1]s}`, quoted)))
		c := o.client(func(address string) { t.Errorf("%s was shown", address) })
		c.Config.BaseEndpoint, c.Device = &server.URL, true
		if _, err = c.SignIn(t.Context(), signin.Session{StartURL: startURL, Region: "us-east-1"}); !errors.Is(err, fault.Endpoint) || !strings.Contains(err.Error(), "not an https address") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
