package awssim

import (
	"iter"
	"maps"
	"net"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
)

// The headers by which a test says where its requests come from. No AWS client sends
// them.
const (
	headerSourceIP   = "X-Sim-Source-Ip"
	headerSourceVPC  = "X-Sim-Source-Vpc"
	headerSourceVPCE = "X-Sim-Source-Vpce"
	headerSecure     = "X-Sim-Secure-Transport"
)

// conditions returns the keys that every request has, with the call's own added.
// See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (c *Call) conditions(more reference.Context) reference.Context {
	now := c.Now()
	ctx := reference.Context{
		"aws:requestedregion": {c.EndpointRegion()},
		"aws:currenttime":     {now.Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(now.Unix(), 10)},
		"aws:useragent":       {c.Request.UserAgent()},
	}
	if referer := c.Request.Referer(); referer != "" {
		ctx["aws:referer"] = []string{referer}
	}
	c.networkConditions(ctx)
	if c.Principal != nil {
		c.Principal.conditions(ctx)
		c.sessionConditions(ctx)
	}
	requestTags(ctx, c.input)
	for k, v := range more {
		ctx[strings.ToLower(k)] = v
	}
	return ctx
}

// networkConditions adds where the request comes from. The simulator has no TLS, but the
// transport counts as secure, as with AWS, unless a test says otherwise. A request
// through a VPC endpoint has aws:VpcSourceIp in place of aws:SourceIp. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
func (c *Call) networkConditions(ctx reference.Context) {
	h := c.Request.Header
	ctx["aws:securetransport"] = []string{strconv.FormatBool(h.Get(headerSecure) != "false")}
	address := h.Get(headerSourceIP)
	if address == "" {
		address, _, _ = net.SplitHostPort(c.Request.RemoteAddr)
	}
	key := "aws:sourceip"
	if endpoint := h.Get(headerSourceVPCE); endpoint != "" {
		ctx["aws:sourcevpce"], key = []string{endpoint}, "aws:vpcsourceip"
	}
	if vpc := h.Get(headerSourceVPC); vpc != "" {
		ctx["aws:sourcevpc"], key = []string{vpc}, "aws:vpcsourceip"
	}
	if address != "" {
		ctx[key] = []string{address}
	}
}

// sessionConditions adds the keys of a session with temporary credentials. Long-lived
// keys have none of them, and sessions of roles have none about multi-factor
// authentication. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func (c *Call) sessionConditions(ctx reference.Context) {
	if !c.Temporary || c.Credential == nil {
		return
	}
	begun, p := c.Credential.Created, c.Principal
	ctx["aws:tokenissuetime"] = []string{begun.UTC().Format(time.RFC3339)}
	if p.Type == reference.User || p.Type == reference.Root && p.SessionPolicy == nil {
		ctx["aws:multifactorauthpresent"] = []string{strconv.FormatBool(p.MFA)}
		if p.MFA {
			ctx["aws:multifactorauthage"] = []string{strconv.Itoa(int(c.Now().Sub(begun).Seconds()))}
		}
	}
}

func (p *Principal) conditions(ctx reference.Context) {
	ctx["aws:principalarn"] = []string{p.ARN}
	if p.Role != nil {
		ctx["aws:principalarn"] = []string{p.Role.ARN}
	}
	ctx["aws:principalaccount"] = []string{p.Account.ID}
	ctx["aws:principaltype"] = []string{string(p.Type)}
	ctx["aws:userid"] = []string{p.ID}
	if p.User != nil && p.Type == reference.User {
		ctx["aws:username"] = []string{p.ARN[strings.LastIndex(p.ARN, "/")+1:]}
	}
	if p.SourceIdentity != "" {
		ctx["aws:sourceidentity"] = []string{p.SourceIdentity}
	}
	if p.Provider != "" {
		ctx["aws:federatedprovider"] = []string{p.Provider}
	}
	if p.assumedRoot() {
		ctx["aws:assumedroot"] = []string{"true"}
	}
	maps.Copy(ctx, p.Federated)
	principalTags(ctx, p.Tags)
}

// assumedRoot reports whether the principal is a root user's session by AssumeRoot, which
// always has a session policy.
func (p *Principal) assumedRoot() bool { return p.Type == reference.Root && p.SessionPolicy != nil }

// principalTags adds the tags of who makes a request. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
func principalTags(ctx reference.Context, tags map[string]string) {
	for key, value := range tags {
		ctx["aws:principaltag/"+strings.ToLower(key)] = []string{value}
	}
}

// ResourceTags adds the tags of what a call acts upon to its context: as
// aws:ResourceTag, and where the service has keys of its own with the same meaning, such
// as "ec2:resourcetag/", as those. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
func ResourceTags(ctx reference.Context, tags map[string]string, own ...string) {
	for key, value := range tags {
		for _, prefix := range append([]string{"aws:resourcetag/"}, own...) {
			ctx[prefix+key] = []string{value}
		}
	}
}

// RequestTag adds a tag that a request passes, and its key. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag
func RequestTag(ctx reference.Context, key, value string) {
	ctx["aws:requesttag/"+strings.ToLower(key)] = []string{value}
	ctx["aws:tagkeys"] = append(ctx["aws:tagkeys"], key)
}

// requestTags adds the tags that an input passes, and the keys of those that it removes.
func requestTags(ctx reference.Context, in any) {
	for key, value := range givenTags(in) {
		RequestTag(ctx, key, value)
	}
	v := reflect.Indirect(reflect.ValueOf(in))
	if v.Kind() != reflect.Struct {
		return
	}
	for _, name := range []string{"TagKeys", "Tags"} {
		if keys, ok := field(v, name).([]string); ok {
			ctx["aws:tagkeys"] = append(ctx["aws:tagkeys"], keys...)
		}
	}
}

// givenTags are the keys and values of the tags that an input gives. Services have them as
// lists of pairs or as maps, EC2 and RDS also by kind of resource.
func givenTags(in any) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		v := reflect.Indirect(reflect.ValueOf(in))
		if v.Kind() != reflect.Struct || !eachTag(v.FieldByName("Tags"), yield) {
			return
		}
		kinds := v.FieldByName("TagSpecifications")
		if kinds.Kind() != reflect.Slice {
			return
		}
		for i := range kinds.Len() {
			if !eachTag(kinds.Index(i).FieldByName("Tags"), yield) {
				return
			}
		}
	}
}

// field returns a member of a struct, or nil.
func field(v reflect.Value, name string) any {
	if f := v.FieldByName(name); f.IsValid() {
		return f.Interface()
	}
	return nil
}

// eachTag calls f with the tags in a map, by key, or in a list of structs with Key and
// Value, until f returns false. It returns what f returned last.
func eachTag(tags reflect.Value, f func(key, value string) bool) bool {
	switch tags.Kind() {
	case reflect.Map:
		all, _ := tags.Interface().(map[string]string)
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if !f(key, all[key]) {
				return false
			}
		}
	case reflect.Slice:
		for i := range tags.Len() {
			if tag := tags.Index(i); tag.Kind() == reflect.Struct && !f(textOf(tag, "Key"), textOf(tag, "Value")) {
				return false
			}
		}
	}
	return true
}

// textOf returns a member of a struct that is a text or a pointer to one.
func textOf(v reflect.Value, name string) string {
	switch text := field(v, name).(type) {
	case *string:
		if text != nil {
			return *text
		}
	case string:
		return text
	}
	return ""
}
