package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// SignedOut is a token that is no longer in the cache.
type SignedOut struct {
	StartURL string `json:"start_url" column:"START URL"`
	Region   string `json:"region" column:"REGION"`
	File     string `json:"file" column:"REMOVED FILE"`
}

// Leaver signs out.
type Leaver struct {
	// Config returns the configuration for a region. Its calls need no credentials.
	Config func(ctx context.Context, region string) (aws.Config, error)
	// Now is the time; nil is this machine's clock. It is for tests.
	Now func() time.Time
}

// SignOut ends a session at AWS, and removes its token and Hawser's registration from the
// cache. They are removed even if AWS can't be reached. It gives false if nobody was
// signed in.
func (l Leaver) SignOut(ctx context.Context, s Session) (SignedOut, bool, error) {
	file, err := tokenFile(s.key())
	if err != nil {
		return SignedOut{}, false, err
	}
	out, found, err := l.end(ctx, file)
	if s.Name == "" {
		s.Scopes = nil
	}
	for _, grants := range [][]string{{grantCode, grantRefresh}, {grantDevice, grantRefresh}} {
		if path, pathErr := registrationFile(s, grants); pathErr == nil {
			err = errors.Join(err, remove(path))
		}
	}
	return out, found, err
}

// SignOutOfAll does the same for every session of the cache.
func (l Leaver) SignOutOfAll(ctx context.Context) (all []SignedOut, err error) {
	names, err := cacheFiles()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var r registration
		if load(name, &r) == nil && r.Tool == toolName {
			err = errors.Join(err, remove(name))
			continue
		}
		out, found, endErr := l.end(ctx, name)
		if found {
			all = append(all, out)
		}
		err = errors.Join(err, endErr)
	}
	return all, err
}

// end ends the session of a cache file, and removes the file. It leaves a file without a
// token alone, such as a registration of another program.
func (l Leaver) end(ctx context.Context, file string) (SignedOut, bool, error) {
	var token cached
	err := load(file, &token)
	if errors.Is(err, fs.ErrNotExist) || err == nil && token.AccessToken == "" {
		return SignedOut{}, false, nil
	}
	if err != nil {
		return SignedOut{}, false, err
	}
	out := SignedOut{token.StartURL, token.Region, file}
	ended := l.tell(ctx, token)
	if err := remove(file); err != nil {
		return out, false, err
	}
	return out, true, ended
}

// tell tells AWS that a session has ended. One that AWS no longer knows has.
//
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html
func (l Leaver) tell(ctx context.Context, token cached) error {
	now := time.Now
	if l.Now != nil {
		now = l.Now
	}
	if ends, err := time.Parse(time.RFC3339, token.ExpiresAt); err == nil && !now().Before(ends) {
		return nil
	}
	cfg, err := l.Config(ctx, token.Region)
	if err == nil {
		_, err = sso.NewFromConfig(cfg).Logout(ctx, &sso.LogoutInput{AccessToken: aws.String(token.AccessToken)})
	}
	f := fault.From(awserr.Fault(err))
	if f == nil || f.Kind == fault.ExpiredCredentials {
		return nil
	}
	return f.WithCause("%s; the token was removed from this machine, but its session at AWS was not ended", cmp.Or(f.Cause, f.Message)).
		WithFix("%s; the session ends by itself at %s", f.Fix, token.ExpiresAt)
}

// remove removes a cache file, which may be gone.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Internal, "the cache file %s can't be removed", path).WithCause("%v", err).WithFix("remove it")
	}
	return nil
}

// cacheFiles lists the files of the cache that may hold a token.
func cacheFiles() ([]string, error) {
	one, err := tokenFile("")
	if err != nil {
		return nil, err
	}
	return jsonFiles(filepath.Dir(one))
}

// jsonFiles lists the regular JSON files of a directory, sorted. A directory that does
// not exist has none.
func jsonFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.Internal, "the cache %s can't be read", dir).WithCause("%v", err).WithFix("let this user read it")
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && filepath.Ext(e.Name()) == ".json" {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names, nil
}

// OthersKeep counts the credentials of roles that the aws CLI keeps. They stay valid after
// a sign-out until they end by themselves. The directory is where they are.
//
// https://docs.aws.amazon.com/cli/latest/reference/sso/logout.html
func OthersKeep() (count int, dir string) {
	one, err := tokenFile("")
	if err != nil {
		return 0, ""
	}
	dir = filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(one))), "cli", "cache")
	names, err := jsonFiles(dir)
	if err != nil {
		return 0, dir
	}
	for _, name := range names {
		var kept struct{ ProviderType string }
		if text, err := files.ReadRegular(name, mostCached); err == nil && json.Unmarshal(text, &kept) == nil && kept.ProviderType == "sso" {
			count++
		}
	}
	return count, dir
}
