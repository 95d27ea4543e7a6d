package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// What STS takes.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var (
	sessionNameForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalIDForm  = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
	roleNameForm    = regexp.MustCompile(`^[\w+=,.@/-]{1,512}$`)
)

const (
	shortestSession = 15 * time.Minute
	longestSession  = 12 * time.Hour
	mostTags        = 50
	// chainedDuration is the longest session that AWS gives to a role that was
	// assumed with another role's credentials.
	//
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
	chainedDuration = time.Hour
)

// problems collects what is wrong with settings.
type problems []*fault.Error

func (p *problems) add(e *fault.Error) { *p = append(*p, e) }

// problem returns what is wrong with a field.
func problem(field, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, format, args...).At(field)
}

// Problems lists what is wrong with the settings, without asking anyone. Field
// is the path of the offending key inside the connection, such as
// "roles[1].duration".
func (s Connection) Problems() []*fault.Error {
	var p problems
	s.sourceProblems(&p)
	s.secretProblems(&p)
	s.regionProblems(&p)
	s.roleProblems(&p)
	s.accountProblems(&p)
	s.memberProblems(&p)
	s.scimProblems(&p)
	s.endpointProblems(&p)
	s.checksumProblems(&p)
	return p
}

func (s Connection) sourceProblems(p *problems) {
	hasKeys := !s.AccessKeyID.IsZero() || !s.SecretAccessKey.IsZero()
	if s.Source != "" && !slices.Contains(Sources(), s.Source) {
		e := problem("source", "unknown source %q", s.Source).WithFix("use one of: %s", SourceNames())
		var names []string
		for _, known := range Sources() {
			names = append(names, string(known))
		}
		if near := fault.Nearest(string(s.Source), names); near != "" {
			e = e.WithCause("did you mean %s?", near)
		}
		p.add(e)
		return
	}
	if s.Source == "" && hasKeys && s.Profile != "" {
		p.add(problem("profile", "a connection takes its credentials from one place, and this one has both keys and a profile").
			WithFix("remove one, or choose one with source: keys or source: profile"))
	}
	if s.Source == Profile && s.Profile == "" {
		p.add(problem("source", "source: profile needs a profile").WithFix("add profile: NAME"))
	}
	if s.Source == Keys && !hasKeys {
		p.add(problem("source", "source: keys needs access_key_id and secret_access_key").WithFix("add both, best as references such as env:NAME"))
	}
	unused := s.Source != "" && s.Source != Keys && s.Source != Profile
	if unused && hasKeys {
		p.add(problem("access_key_id", "source: %s does not use keys", s.Source).WithFix("remove the keys or the source"))
	}
	if unused && s.Profile != "" {
		p.add(problem("profile", "source: %s does not use a profile", s.Source).WithFix("remove the profile or the source"))
	}
}

func (s Connection) secretProblems(p *problems) {
	switch {
	case !s.AccessKeyID.IsZero() && s.SecretAccessKey.IsZero():
		p.add(problem("access_key_id", "an access key needs its secret").WithFix("add secret_access_key, best as a reference such as env:NAME"))
	case s.AccessKeyID.IsZero() && !s.SecretAccessKey.IsZero():
		p.add(problem("secret_access_key", "a secret needs its access key").WithFix("add access_key_id"))
	case s.AccessKeyID.IsZero() && !s.SessionToken.IsZero():
		p.add(problem("session_token", "a session token needs its keys").WithFix("add access_key_id and secret_access_key"))
	}
	remote := false
	fields := []struct {
		name   string
		secret Secret
	}{{"access_key_id", s.AccessKeyID}, {"secret_access_key", s.SecretAccessKey}, {"session_token", s.SessionToken}, {"scim.token", s.SCIM.Token}}
	for _, f := range fields {
		remote = f.secret.problems(p, f.name) || remote
	}
	if s.Via != "" && !remote {
		p.add(problem("via", "via is only for awssecret: references").WithFix("remove via"))
	}
}

// problems checks a reference; remote tells of one to Secrets Manager.
func (s Secret) problems(p *problems, field string) (remote bool) {
	scheme, rest := s.Parts()
	secret, _, _ := strings.Cut(rest, "#")
	a, ok := arn.Parse(secret)
	switch {
	case scheme != "" && strings.TrimSpace(rest) == "":
		p.add(problem(field, "the reference %s: names nothing", scheme).WithFix("write env:NAME, file:PATH, exec:COMMAND or awssecret:ARN#key"))
	case scheme == "awssecret" && (!ok || a.Service != "secretsmanager"):
		p.add(problem(field, "awssecret: needs the ARN of a secret").WithFix("write awssecret:arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME#key"))
	}
	return scheme == "awssecret"
}

func (s Connection) regionProblems(p *problems) {
	if s.Region != "" {
		s.oneRegion(p, "region", s.Region)
	}
	if s.SSORegion != "" {
		s.oneRegion(p, "sso_region", s.SSORegion)
	}
	for i, region := range s.Regions {
		s.oneRegion(p, fmt.Sprintf("regions[%d]", i), region)
	}
}

func (s Connection) oneRegion(p *problems, field, region string) {
	if err := s.CheckRegion(region); err != nil {
		e := badRegion(region)
		e.Field = field
		*p = append(*p, e)
	}
}

func (s Connection) roleProblems(p *problems) {
	if s.RoleARN != "" && len(s.Roles) > 0 {
		p.add(problem("roles", "role_arn and roles can't be used together").WithFix("put the one role into roles as its first, or remove roles"))
		return
	}
	if s.RoleARN == "" && !s.empty() {
		p.add(problem(s.firstField(), "%s belongs to a role, and there is no role_arn", s.firstField()).
			WithFix("add role_arn, or move this into an entry of roles"))
		return
	}
	prefix := func(int) string { return "" }
	if s.RoleARN == "" {
		prefix = func(i int) string { return fmt.Sprintf("roles[%d].", i) }
	}
	for i, role := range s.Chain() {
		role.problems(p, prefix(i), i > 0)
		s.partitionProblems(p, prefix(i)+"role_arn", role.RoleARN)
	}
}

// firstField returns the first field of the role that is set, for messages.
func (r Role) firstField() string {
	switch {
	case r.ExternalID != "":
		return "external_id"
	case r.SessionName != "":
		return "session_name"
	case r.SourceIdentity != "":
		return "source_identity"
	case r.Duration != 0:
		return "duration"
	case len(r.SessionTags) > 0:
		return "session_tags"
	case len(r.TransitiveTags) > 0:
		return "transitive_tags"
	default:
		return "policy"
	}
}

// partitionProblems finds a role in another partition than the region or the
// first role: credentials of one partition mean nothing in another.
func (s Connection) partitionProblems(p *problems, field, roleARN string) {
	parsed, ok := arn.Parse(roleARN)
	if !ok {
		return
	}
	if s.Region != "" && regions.PartitionOf(s.Region) != parsed.Partition {
		p.add(problem(field, "the role is in partition %s and region %s in %s", parsed.Partition, s.Region, regions.PartitionOf(s.Region)).
			WithFix("use a region of %s, such as %s", parsed.Partition, regions.Home(parsed.Partition)))
		return
	}
	if first, ok := arn.Parse(s.Chain()[0].RoleARN); ok && first.Partition != parsed.Partition {
		p.add(problem(field, "a chain can't go from partition %s to %s", first.Partition, parsed.Partition).
			WithFix("make one connection for each partition"))
	}
}

func (r Role) problems(p *problems, prefix string, chained bool) {
	role, ok := arn.Parse(r.RoleARN)
	if !ok || role.Service != "iam" || role.Account == "" || !strings.HasPrefix(role.Resource, "role/") {
		p.add(problem(prefix+"role_arn", "%q is not the ARN of a role", r.RoleARN).WithFix("write it like arn:aws:iam::111122223333:role/Name"))
	}
	r.durationProblems(p, prefix, chained)
	if r.SessionName != "" && !sessionNameForm.MatchString(r.SessionName) {
		p.add(problem(prefix+"session_name", "%q is not a session name", r.SessionName).WithFix("use 2 to 64 letters, digits and any of _+=,.@-"))
	}
	if r.SourceIdentity != "" && !sessionNameForm.MatchString(r.SourceIdentity) {
		p.add(problem(prefix+"source_identity", "%q is not a source identity", r.SourceIdentity).WithFix("use 2 to 64 letters, digits and any of _+=,.@-"))
	}
	externalIDProblems(p, prefix+"external_id", r.ExternalID)
	if len(r.SessionTags) > mostTags {
		p.add(problem(prefix+"session_tags", "%d session tags are too many", len(r.SessionTags)).WithFix("keep at most %d", mostTags))
	}
	if one, other, ok := text.DifferInCase(slices.Collect(maps.Keys(r.SessionTags))); ok {
		p.add(problem(prefix+"session_tags", "the session tags %q and %q differ in case alone", one, other).
			WithCause("keys of session tags are not case-sensitive").WithFix("keep one of the two"))
	}
	for i, key := range r.TransitiveTags {
		if _, ok := r.SessionTags[key]; !ok {
			p.add(problem(fmt.Sprintf("%stransitive_tags[%d]", prefix, i), "there is no session tag %q to pass on", key).WithFix("add it to session_tags"))
		}
	}
	var document map[string]any
	if r.Policy != "" && json.Unmarshal([]byte(r.Policy), &document) != nil {
		p.add(problem(prefix+"policy", "the session policy is not a JSON object").WithFix(`write {"Version": "2012-10-17", "Statement": [...]}`))
	}
}

func (r Role) durationProblems(p *problems, prefix string, chained bool) {
	field, d := prefix+"duration", time.Duration(r.Duration)
	switch {
	case r.Duration == malformed:
		p.add(problem(field, "this is not a duration").WithFix("write it like 45m, 1h or 3600 (seconds)"))
	case d == 0:
	case d < shortestSession || d > longestSession:
		p.add(problem(field, "a session lasts from 15 minutes to 12 hours").WithFix("write it like 1h"))
	case chained && d > chainedDuration:
		p.add(problem(field, "a role assumed with another role's credentials lasts at most one hour").
			WithCause("AWS limits chained sessions to one hour").WithFix("set 1h or less; Hawser renews it by itself"))
	}
}

func (s Connection) accountProblems(p *problems) {
	if s.Account != "" && !arn.IsAccount(s.Account) {
		p.add(problem("account", "%q is not an account", s.Account).WithFix("write its twelve digits in quotes, as \"012345678901\""))
	}
	for i, account := range s.Accounts {
		if !arn.IsAccount(account) {
			p.add(problem(fmt.Sprintf("accounts[%d]", i), "%q is not an account", account).WithFix("write its twelve digits in quotes, as \"012345678901\""))
		}
	}
}

func (s Connection) endpointProblems(p *problems) {
	if s.Endpoint == "" {
		return
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		p.add(problem("endpoint", "%q is not an address", s.Endpoint).WithFix("write it like https://host:port"))
		return
	}
	if s.FIPS || s.DualStack {
		p.add(problem("endpoint", "endpoint excludes fips and dual_stack").
			WithCause("they choose among AWS's own addresses").WithFix("remove the switch, or name the FIPS address as endpoint"))
	}
}
