package settings

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// memberProblems checks how other accounts are reached.
func (s Connection) memberProblems(p *problems) {
	memberRoleProblems(p, "member_role", s.MemberRole)
	externalIDProblems(p, "member_external_id", s.MemberExternalID)
	for _, account := range slices.Sorted(maps.Keys(s.Members)) {
		field := "members." + account
		if !arn.IsAccount(account) {
			p.add(problem(field, "%q is not an account", account).WithFix("write its twelve digits in quotes, as \"012345678901\""))
		}
		if s.Members[account] == (Member{}) {
			p.add(problem(field, "this account has no settings").WithFix("give role or external_id, or remove it"))
		}
		memberRoleProblems(p, field+".role", s.Members[account].Role)
		externalIDProblems(p, field+".external_id", s.Members[account].ExternalID)
	}
}

func memberRoleProblems(p *problems, field, role string) {
	switch {
	case role == "":
	case strings.HasPrefix(role, "arn:"):
		if !strings.Contains(role, "{account}") || !strings.Contains(role, ":role/") {
			p.add(problem(field, "the ARN of a member role must have {account} in it").
				WithFix("write arn:{partition}:iam::{account}:role/Name, or only Name"))
		}
	case !roleNameForm.MatchString(role):
		p.add(problem(field, "%q is not a role's name", role).WithFix("write a name such as %s", DefaultMemberRole))
	}
}

func externalIDProblems(p *problems, field, id string) {
	if id != "" && (len(id) > 1224 || !externalIDForm.MatchString(id)) {
		p.add(problem(field, "STS does not accept this external id").WithFix("use 2 to 1224 letters, digits and any of _+=,.@:/-"))
	}
}

// scimProblems checks the SCIM endpoint. Its token goes over TLS, but for a
// simulator on this machine.
func (s Connection) scimProblems(p *problems) {
	switch {
	case s.SCIM == (SCIM{}):
		return
	case s.SCIM.Endpoint == "":
		p.add(problem("scim.endpoint", "a SCIM token needs its endpoint").WithFix("add endpoint, as Identity Center's settings show it"))
		return
	case s.SCIM.Token.IsZero():
		p.add(problem("scim.token", "a SCIM endpoint needs its token").WithFix("add token, best as a reference such as env:NAME"))
	}
	u, err := url.Parse(s.SCIM.Endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		p.add(problem("scim.endpoint", "%q is not an address", s.SCIM.Endpoint).
			WithFix("write it as Identity Center's settings show it: https://scim.REGION.amazonaws.com/ID/scim/v2/"))
	case u.Scheme == "http" && u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback():
		p.add(problem("scim.endpoint", "the token would be sent unencrypted").WithFix("use https"))
	}
}
