package awssim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
)

// webClaims are the claims that AWS looks at.
type webClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	Party     string   `json:"azp"`
	Expires   *float64 `json:"exp"`
	NotBefore float64  `json:"nbf"`
	// SourceIdentity and Tags are what the session gets.
	SourceIdentity string  `json:"https://aws.amazon.com/source_identity"`
	Tags           webTags `json:"https://aws.amazon.com/tags"`

	all map[string]any
}

// webTags are the session tags of a token.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
type webTags struct {
	Principal  map[string]audience `json:"principal_tags"`
	Transitive []string            `json:"transitive_tag_keys"`
}

// UnmarshalJSON reads the claims, and keeps all of them.
func (c *webClaims) UnmarshalJSON(text []byte) error {
	type plain webClaims
	if err := json.Unmarshal(text, (*plain)(c)); err != nil {
		return err
	}
	return json.Unmarshal(text, &c.all)
}

// lacking is a claim that every token must have and this one has not.
func (c *webClaims) lacking() string {
	switch {
	case c.Subject == "":
		return "sub"
	case len(c.Audience) == 0:
		return "aud"
	case c.Expires == nil:
		return "exp"
	}
	return ""
}

// keys are the condition keys of a token, which begin with the issuer's name. aud is
// the authorized party where there is one. Of GitHub's tokens more claims are keys.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func (c *webClaims) keys(host string) reference.Context {
	ctx := reference.Context{host + ":sub": {c.Subject}, host + ":aud": c.Audience, host + ":oaud": c.Audience}
	if c.Party != "" {
		ctx[host+":aud"] = []string{c.Party}
	}
	names := []string{"amr", "email"}
	if host == "token.actions.githubusercontent.com" {
		names = append(names, "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id", "workflow")
	}
	for _, name := range names {
		if values := textsOf(c.all[name]); len(values) > 0 {
			ctx[host+":"+name] = values
		}
	}
	for _, tag := range c.tags() {
		RequestTag(ctx, *tag.Key, *tag.Value)
	}
	ctx["sts:transitivetagkeys"] = c.Tags.Transitive
	if c.SourceIdentity != "" {
		ctx["sts:sourceidentity"] = []string{c.SourceIdentity}
	}
	return ctx
}

// sessionKeys are the condition keys of a token that requests by its session have too. All
// others are only for the role's trust policy.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#cross-condition-keys-wif
func (c *webClaims) sessionKeys(host string) reference.Context {
	kept, all := reference.Context{}, c.keys(host)
	for _, name := range []string{"amr", "aud", "sub"} {
		if values := all[host+":"+name]; len(values) > 0 {
			kept[strings.ToLower(host)+":"+name] = values
		}
	}
	return kept
}

// tags are the session tags, in the order of their keys; each has one value.
func (c *webClaims) tags() []types.Tag {
	var tags []types.Tag
	for _, key := range slices.Sorted(maps.Keys(c.Tags.Principal)) {
		if values := c.Tags.Principal[key]; len(values) > 0 {
			tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(values[0])})
		}
	}
	return tags
}

// textsOf is a claim's values: a text, or a list of texts.
func textsOf(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, textsOf(one)...)
		}
		return all
	}
	return nil
}

// audience is a string or a list of them.
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(a))
}
