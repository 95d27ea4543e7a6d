package awssim

import (
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// assumeRole follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func assumeRole(c *Call, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	if c.Principal.Type == reference.Root {
		return nil, &Error{Code: "AccessDenied", Message: "Roles may not be assumed by root accounts.", Status: http.StatusForbidden}
	}
	role := c.World.roleByARN(aws.ToString(in.RoleArn))
	p, size, err := c.newSession(role, in)
	if err != nil {
		return nil, err
	}
	if role == nil {
		return nil, c.deniedRole("sts:AssumeRole", aws.ToString(in.RoleArn))
	}
	if action := c.untrusted(role, p, in); action != "" {
		return nil, c.deniedRole(action, role.ARN)
	}
	d, err := c.sessionLength(role, aws.ToInt32(in.DurationSeconds))
	if err != nil {
		return nil, err
	}
	cred := c.World.issue(p, d)
	out := &sts.AssumeRoleOutput{
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.ID)},
		Credentials:     stsCredentials(cred), PackedPolicySize: size, //nolint:staticcheck // SA1019: deprecated in 2026, and what most clients read
	}
	if p.SourceIdentity != "" {
		out.SourceIdentity = aws.String(p.SourceIdentity)
	}
	return out, nil
}

// newSession is the principal that the call asks for, with the size of its policies and
// tags; role may be nil.
func (c *Call) newSession(role *Role, in *sts.AssumeRoleInput) (p *Principal, size *int32, err error) {
	if role == nil {
		return nil, nil, nil
	}
	p = role.session(aws.ToString(in.RoleSessionName))
	if p.Tags, p.Transitive, err = c.sessionTags(role, in.Tags, in.TransitiveTagKeys); err != nil {
		return nil, nil, err
	}
	p.SourceIdentity = c.Principal.SourceIdentity
	if in.SourceIdentity != nil {
		if p.SourceIdentity != "" && p.SourceIdentity != *in.SourceIdentity {
			return nil, nil, c.deniedRole("sts:SetSourceIdentity", role.ARN)
		}
		p.SourceIdentity = *in.SourceIdentity
	}
	if p.MFA, err = c.withMFA(in.SerialNumber, in.TokenCode); err != nil {
		return nil, nil, err
	}
	p.SessionPolicy, size, err = c.roleSession(role, in.Policy, in.PolicyArns, in.Tags)
	return p, size, err
}

// untrusted asks the caller's policies and the role's trust policy for everything that the
// call does. It returns the first action that is not allowed, or "". What a session keeps
// of the session before it needs the same permissions as what is new.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html#id_credentials_temp_control-access_monitor-perms
func (c *Call) untrusted(role *Role, p *Principal, in *sts.AssumeRoleInput) string {
	ctx := reference.Context{
		"sts:rolesessionname":       {p.SessionName},
		"aws:principalisawsservice": {"false"},
		"sts:transitivetagkeys":     in.TransitiveTagKeys,
	}
	c.World.roleKeys(ctx, role)
	if p.MFA {
		ctx["aws:multifactorauthpresent"], ctx["aws:multifactorauthage"] = []string{"true"}, []string{"0"}
	}
	if in.ExternalId != nil {
		ctx["sts:externalid"] = []string{*in.ExternalId}
	}
	if p.SourceIdentity != "" {
		ctx["sts:sourceidentity"] = []string{p.SourceIdentity}
	}
	for _, action := range sessionActions("sts:AssumeRole", len(in.Tags)+len(p.Transitive) > 0, p.SourceIdentity != "") {
		need := Need{Action: action, Resource: role.ARN, Owner: role.account.ID, Policy: c.World.trustOf(role), Context: ctx}
		if c.decide(need).Decision != reference.Permitted {
			return action
		}
	}
	return ""
}

// sessionActions returns all that a call which makes a session must be allowed: the
// call itself, and what it gives the session.
func sessionActions(call string, tags, sourceIdentity bool) []string {
	actions := []string{call}
	if tags {
		actions = append(actions, "sts:TagSession")
	}
	if sourceIdentity {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

// deniedProvider is the answer to a user of an identity provider whom the role's trust
// policy does not allow an action.
func deniedProvider(action string) *Error {
	return &Error{Code: "AccessDenied", Message: "Not authorized to perform " + action, Status: http.StatusForbidden}
}

// trustsProvider reports whether the role trusts a user of an identity provider.
func (c *Call) trustsProvider(role *Role, provider, action string, ctx reference.Context) bool {
	return c.World.trusts(role, reference.Principal{Type: reference.Federated, Federated: provider}, action, c.conditions(ctx))
}

// roleKeys adds the tags of a role that is to be assumed.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html#awssecuritytokenservice-policy-keys
func (w *World) roleKeys(ctx reference.Context, role *Role) {
	ResourceTags(ctx, w.roleTags(role), "iam:resourcetag/")
}

// trustOf gives a role's trust policy as it is now.
func (w *World) trustOf(role *Role) *policy.Document {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return role.trust.now()
}

// sessionLength checks the asked length: 15 minutes to the role's maximum, and
// at most an hour for a role that is assumed by a role's session.
func (c *Call) sessionLength(role *Role, seconds int32) (time.Duration, error) {
	d, longest := time.Duration(seconds)*time.Second, c.World.longestSession(role)
	switch {
	case seconds == 0:
		return min(time.Hour, longest), nil
	case c.Principal != nil && c.Principal.Role != nil && d > time.Hour:
		return 0, Errorf("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	case d > longest:
		return 0, Errorf("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return d, nil
}

func sessionPolicy(text *string) (*policy.Document, error) {
	if text == nil {
		return nil, nil
	}
	return document(policy.Session, *text)
}

func (w *World) longestSession(role *Role) time.Duration {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return role.MaxSession
}

// roleTags gives the tags of a role, which are not to be changed.
func (w *World) roleTags(role *Role) map[string]string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return role.Tags
}

// roleByARN finds a role; nil where there is none, or its account is closed.
func (w *World) roleByARN(text string) *Role {
	a, ok := arn.Parse(text)
	if !ok || a.Service != "iam" || a.Type() != "role" {
		return nil
	}
	acct := w.Account(a.Account)
	if acct == nil || acct.Partition != a.Partition || acct.Closed() {
		return nil
	}
	role := acct.Role(a.Name())
	if role == nil || role.ARN != text || w.Clock.Now().Before(role.known) { // a name alone is unique, but the path belongs to the ARN
		return nil
	}
	return role
}

// deniedRole is the one answer to a role that does not exist and one that does
// not trust the caller, so that roles can't be guessed.
func (c *Call) deniedRole(action, arn string) *Error {
	return &Error{
		Code: "AccessDenied", Status: http.StatusForbidden,
		Message: fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", c.Principal.ARN, action, arn),
	}
}

func invalid(format string, args ...any) *Error {
	return Errorf("ValidationError", "1 validation error detected: "+format, args...)
}
