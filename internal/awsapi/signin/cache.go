package signin

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/jsonfile"
)

// mostCached is how large a cache file may be, in bytes.
const mostCached = 1 << 20

// cached is a cache file with a token, as the aws CLI and the SDKs read it. The client is
// in it so that they can renew the token.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
type cached struct {
	StartURL              string `json:"startUrl"`
	Region                string `json:"region"`
	AccessToken           string `json:"accessToken"`
	ExpiresAt             string `json:"expiresAt"`
	RefreshToken          string `json:"refreshToken,omitempty"`
	ClientID              string `json:"clientId"`
	ClientSecret          string `json:"clientSecret"`
	RegistrationExpiresAt string `json:"registrationExpiresAt"`
}

// registration is a cache file with Hawser's registration as a client. The aws CLI keeps
// its own in the same way.
type registration struct {
	Tool         string   `json:"tool"` // always toolName
	StartURL     string   `json:"startUrl"`
	Region       string   `json:"region"`
	ClientID     string   `json:"clientId"`
	ClientSecret string   `json:"clientSecret"`
	ExpiresAt    string   `json:"expiresAt"`
	Scopes       []string `json:"scopes,omitempty"`
	GrantTypes   []string `json:"grantTypes"`
}

// toolName tells Hawser's registrations from others.
const toolName = "hawser"

// tokenFile returns the path of the cache file with a session's token.
func tokenFile(key string) (string, error) {
	path, err := ssocreds.StandardCachedTokenFilepath(key)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "the home directory is unknown").WithFix("set HOME to an absolute path")
	}
	return path, nil
}

// registrationFile returns the path of the cache file with the registration for a
// session and its grants. Its name depends on everything that was registered.
func registrationFile(s Session, grants []string) (string, error) {
	text, err := json.Marshal([]any{toolName, s.StartURL, s.Region, s.Name, s.Scopes, grants})
	if err != nil {
		return "", err
	}
	path, err := tokenFile(s.key())
	sum := sha1.Sum(text)
	return filepath.Join(filepath.Dir(path), hex.EncodeToString(sum[:])+".json"), err
}

// stamp writes a time as the aws CLI does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// save replaces a cache file. Only this user can read it.
func save(path string, content any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return unsaved(path, err)
	}
	if err := checkDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := checkFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := json.Marshal(content)
	if err == nil {
		err = jsonfile.Replace(path, append(text, '\n'))
	}
	if err != nil {
		return unsaved(path, err)
	}
	return nil
}

// load reads a cache file; fs.ErrNotExist if there is none.
func load(path string, into any) error {
	if err := checkFile(path); err != nil {
		return err
	}
	text, err := files.ReadRegular(path, mostCached)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the cache file %s can't be read", path).WithFix("remove it, and sign in again")
	}
	return nil
}

// checkDir refuses a directory in which others could replace the files.
func checkDir(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return unsaved(path, err)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0:
		return fault.New(fault.Refused, "other users can write in %s", path).WithCause("its mode is %04o", info.Mode().Perm()).
			WithFix("chmod 700 %s", path)
	}
	return nil
}

// checkFile refuses what is not a file of its own: a link would lead a token elsewhere.
func checkFile(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the cache file %s can't be read", path).WithCause("%v", err).WithFix("let this user read it")
	}
	if !info.Mode().IsRegular() {
		return fault.New(fault.Refused, "%s, in which the AWS SDKs look for the token, is not a regular file", path).WithFix("remove it, and sign in again")
	}
	return nil
}

func unsaved(path string, err error) error {
	return fault.Wrap(err, fault.Internal, "the cache file %s can't be written", path).WithCause("%v", err).WithFix("let this user write there")
}
