package awssim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Limits of the tags of a session.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
const (
	maxSessionTags     = 50
	maxSessionTagKey   = 128 // characters
	maxSessionTagValue = 256 // characters
)

var sessionTagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// tagProblem says what is wrong with the tags of a session, whether a call, an assertion
// or a token gives them; empty if nothing is.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
func tagProblem(tags []types.Tag, transitive []string) string {
	if len(tags) > maxSessionTags {
		return "A session can have no more than 50 tags."
	}
	seen := map[string]bool{}
	for _, t := range tags {
		key := strings.ToLower(aws.ToString(t.Key))
		if text := oneTagProblem(key, aws.ToString(t.Value)); text != "" {
			return text
		}
		if seen[key] {
			return "Duplicate tag keys found. Please note that Tag keys are case insensitive."
		}
		seen[key] = true
	}
	for _, key := range transitive {
		if !seen[strings.ToLower(key)] {
			return "The specified transitive tag key must be included in the requested tags."
		}
	}
	return ""
}

func oneTagProblem(key, value string) string {
	switch n := utf8.RuneCountInString(key); {
	case n == 0 || n > maxSessionTagKey:
		return "Tag keys must have 1 to 128 characters."
	case utf8.RuneCountInString(value) > maxSessionTagValue:
		return "Tag values can have no more than 256 characters."
	case !sessionTagText.MatchString(key) || !sessionTagText.MatchString(value):
		return `Tag keys and values must match [\p{L}\p{Z}\p{N}_.:/=+\-@]*.`
	case ReservedTag(key):
		return reservedSessionTags
	}
	return ""
}

const reservedSessionTags = "Tag keys that begin with aws: are reserved."

// checkTags refuses a call that gives tags which no session may have.
func checkTags(tags []types.Tag, transitive []string) error {
	if text := tagProblem(tags, transitive); text != "" {
		return Errorf("InvalidParameterValue", "%s", text)
	}
	return nil
}

// oneValueEach refuses session tags for which an identity provider asserts several values.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
func oneValueEach[V ~[]string](tags map[string]V) error {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if len(tags[key]) > 1 {
			return badIdentity("The session tag %s must have one value.", key)
		}
	}
	return nil
}

func reservedSessionTag(string) error { return Errorf("InvalidParameterValue", reservedSessionTags) }

// assert gives a role's session the tags and the source identity that an identity provider
// asserts.
func (p *Principal) assert(tags []types.Tag, transitive []string, sourceIdentity string) error {
	if text := tagProblem(tags, transitive); text != "" {
		return badIdentity("%s", text)
	}
	if sourceIdentity != "" && (!soundName(sourceIdentity) || ReservedTag(sourceIdentity)) {
		return badIdentity(`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`)
	}
	all := make(map[string]string)
	maps.Copy(all, p.Tags)
	for _, t := range tags {
		setTag(all, aws.ToString(t.Key), aws.ToString(t.Value))
	}
	p.Tags, p.Transitive, p.SourceIdentity = all, transitive, sourceIdentity
	return nil
}

// setTag sets a tag in the place of one whose key differs in case.
func setTag(tags map[string]string, key, value string) {
	maps.DeleteFunc(tags, func(old, _ string) bool { return strings.EqualFold(old, key) })
	tags[key] = value
}
