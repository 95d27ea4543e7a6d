package awssim

import (
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/policy"
)

// noSuchEntity is IAM's answer to a name that is not there.
func noSuchEntity(format string, args ...any) *Error {
	return &Error{Code: "NoSuchEntity", Message: fmt.Sprintf(format, args...), Status: http.StatusNotFound}
}

// inUse is IAM's answer to deleting what something still depends on.
func inUse(first string) error {
	return Errorf("DeleteConflict", "Cannot delete entity, %s.", first)
}

// vacant returns an error if a name is taken, ignoring case.
func vacant[T any](all map[string]T, name, taken string) error {
	if hasFolded(maps.Keys(all), name) {
		return Errorf("EntityAlreadyExists", taken, name)
	}
	return nil
}

// hasFolded looks for a name whatever its case.
func hasFolded(names iter.Seq[string], name string) bool {
	for n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// Quotas, where AWS raises none of them. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxUsers    = 5000
	maxGroups   = 300
	maxRoles    = 1000
	maxPolicies = 1500
	maxProfiles = 1000

	maxGroupsOf     = 10 // a user
	maxAttached     = 10 // managed policies of a user, group or role
	maxVersions     = 5  // of a managed policy
	maxKeys         = 2  // of a user, as the next
	maxDevices      = 8
	maxCertificates = 2
	maxTagsOf       = 50 // anything

	// Characters without white space: of inline policies together, of a managed
	// policy, and of a trust policy.
	maxInlineUser  = 2048
	maxInlineGroup = 5120
	maxInlineRole  = 10240
	maxManaged     = 6144
	maxTrust       = 2048
)

// within returns an error if a number exceeds a quota, which AWS's name identifies.
func within(quota string, n, most int) error {
	if n > most {
		return Errorf("LimitExceeded", "Cannot exceed quota for %s: %d", quota, most)
	}
	return nil
}

func either(s *string, otherwise string) string {
	if s == nil {
		return otherwise
	}
	return *s
}

// iamPage returns a page of a listing that is sorted by key: at most maxItems items
// after the marker. The default is 100 items.
func iamPage[T any](sorted []T, marker *string, maxItems *int32, key func(T) string) (page []T, next *string) {
	if marker != nil {
		sorted = Behind(sorted, *marker, key)
	}
	n := 100
	if maxItems != nil {
		n = int(*maxItems)
	}
	return FirstPage(sorted, n, key)
}

// pageBy is iamPage of what is in no order yet.
func pageBy[T any](all []T, marker *string, maxItems *int32, key func(T) string) (page []T, next *string) {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return iamPage(sorted, marker, maxItems, key)
}

// under keeps what has a path below a prefix.
func under[T any](all []T, prefix *string, path func(T) string) []T {
	if aws.ToString(prefix) == "" {
		return all
	}
	return slices.DeleteFunc(all, func(item T) bool { return !strings.HasPrefix(path(item), *prefix) })
}

// encoded returns a policy document as IAM answers it.
func encoded(d *policy.Document) *string {
	return aws.String(strings.ReplaceAll(url.QueryEscape(string(d.Raw())), "+", "%20"))
}

// iamTime returns a moment as IAM tells it: in whole seconds.
func iamTime(t time.Time) *time.Time { return aws.Time(t.Truncate(time.Second)) }

func iamTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, pair := range sortedPairs(tags) {
		out = append(out, types.Tag{Key: aws.String(pair[0]), Value: aws.String(pair[1])})
	}
	return out
}

func sortedPairs(m map[string]string) [][2]string {
	out := make([][2]string, 0, len(m))
	for k, v := range m {
		out = append(out, [2]string{k, v})
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}
