package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/mod/semver"

	"github.com/hawser/hawser/internal/fault"
)

// latestRelease is where Go's module proxy says which version of this module is the latest.
//
// https://go.dev/ref/mod#goproxy-protocol
const latestRelease = "https://proxy.golang.org/github.com/hawser/hawser/@latest"

const (
	// askTime limits the question for the latest release.
	askTime = 10 * time.Second
	// mostLatest is how large the answer may be, in bytes.
	mostLatest = 64 << 10
)

// askLatest asks for the latest release. The transport follows HTTPS_PROXY and NO_PROXY.
func askLatest(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", unasked(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return "", checkFault(fault.NotFound).WithCause("%s knows no release: %s", req.URL.Host, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return "", checkFault(fault.Unavailable).WithCause("%s answered %s", req.URL.Host, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, mostLatest))
	if err != nil {
		return "", unasked(err)
	}
	var latest struct{ Version string }
	if err := json.Unmarshal(text, &latest); err != nil || !semver.IsValid(latest.Version) {
		return "", checkFault(fault.Endpoint).WithCause("the answer of %s is not that of a module proxy", req.URL.Host)
	}
	return latest.Version, nil
}

// unasked is the failure to reach the module proxy, without the address that the URL error
// repeats.
func unasked(err error) error {
	kind := fault.Network
	var wrong *url.Error
	if errors.As(err, &wrong) {
		err = wrong.Err
	}
	switch {
	case errors.Is(err, context.Canceled):
		kind = fault.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		kind = fault.Timeout
	}
	return checkFault(kind).WithCause("%v", err)
}

func checkFault(kind fault.Kind) *fault.Error {
	return fault.New(kind, "the latest release is not known").
		WithFix("look at https://github.com/hawser/hawser/releases; if that fails too, check the network and HTTPS_PROXY")
}

// compareReleases says how a version compares with the latest release.
func compareReleases(current, latest string) string {
	switch {
	case !semver.IsValid(current):
		return "this is not a release"
	case semver.Compare(current, latest) < 0:
		return "a newer release exists"
	default:
		return "this is the latest release"
	}
}
