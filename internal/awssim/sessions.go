package awssim

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// sessionTags adds the call's tags to the ones of the role and those that an
// earlier session made transitive, which the call may not set.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
func (c *Call) sessionTags(role *Role, given []types.Tag, transitive []string) (tags map[string]string, kept []string, err error) {
	if err := checkTags(given, transitive); err != nil {
		return nil, nil, err
	}
	tags = make(map[string]string)
	maps.Copy(tags, c.World.roleTags(role))
	for _, t := range given {
		if slices.ContainsFunc(c.Principal.Transitive, func(key string) bool { return strings.EqualFold(key, aws.ToString(t.Key)) }) {
			return nil, nil, Errorf("InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		setTag(tags, aws.ToString(t.Key), aws.ToString(t.Value))
	}
	for _, key := range c.Principal.Transitive {
		setTag(tags, key, c.Principal.Tags[key])
	}
	kept = slices.Concat(transitive, c.Principal.Transitive)
	slices.Sort(kept)
	return tags, slices.Compact(kept), nil
}

var sixDigits = regexp.MustCompile(`^\d{6}$`)

// withMFA reports whether a call shows an MFA device, which must be one of the caller's.
// Any code of six digits is the right one.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func (c *Call) withMFA(serial, code *string) (bool, error) {
	refused := func(text string) (bool, error) {
		return false, &Error{Code: "AccessDenied", Message: "MultiFactorAuthentication failed" + text, Status: http.StatusForbidden}
	}
	switch {
	case serial == nil && code == nil:
		return false, nil
	case serial == nil || code == nil:
		return refused(", must provide both MFA serial number and one time pass code.")
	case !c.hasDevice(*serial):
		return refused(", unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.")
	case !sixDigits.MatchString(*code):
		return refused(" with invalid MFA one time pass code.")
	}
	return true, nil
}

// hasDevice reports whether an MFA device is the caller's, who must be a user or the root
// user by their own key.
func (c *Call) hasDevice(serial string) bool {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	switch p := c.Principal; {
	case c.Temporary:
		return false
	case p.Type == reference.Root:
		return c.Account.rootMFA && serial == c.Account.ARN("iam", "", "mfa/root-account-mfa-device")
	default:
		return p.User != nil && slices.ContainsFunc(p.User.mfa, func(m *MFADevice) bool { return m.Serial == serial })
	}
}

// Limits of session policies. AWS's model has no limit of the text for AssumeRole, and
// its page has one.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const (
	maxSessionPolicy  = 2048 // characters
	maxSessionManaged = 10
)

// roleSession reads the session policies of a call that assumes a role, nil where there
// are none, and how much they and the tags take of what AWS allots. Managed policies are
// of the role's account.
func (c *Call) roleSession(role *Role, inline *string, arns []types.PolicyDescriptorType, tags []types.Tag) (*policy.Document, *int32, error) {
	if inline == nil && len(arns) == 0 && len(tags) == 0 {
		return nil, nil, nil
	}
	scope := *c
	scope.Account = role.account
	doc, size, err := scope.sessionPolicies(inline, arns, tags)
	if err != nil {
		return nil, nil, err
	}
	if inline == nil && len(arns) == 0 {
		doc = nil
	}
	return doc, &size, nil
}
