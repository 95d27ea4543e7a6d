package awsapi

import (
	"slices"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// Agent is the agent that works through a pool on somebody's behalf. CloudTrail
// shows it, and AWS itself enforces the policy. It applies only to roles, since
// long-lived keys take no session policy.
type Agent struct {
	// SessionName names the sessions of its roles.
	SessionName string
	// SourceIdentity is set with the first role of each chain and stays on
	// all that follow; the roles' trust policies must allow
	// sts:SetSourceIdentity. See
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
	SourceIdentity string
	// Policy is a session policy for the last role, so that no call may do
	// more than it allows. See
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
	Policy settings.Document
}

// WithAgent makes the pool an agent's. If a Policy is set, a connection that
// assumes no role is refused, since nothing would enforce the policy.
func WithAgent(a Agent) Option { return func(p *Pool) { p.agent = a } }

// WithConnections allows sessions only for these connections; the others serve
// only for reading keys. None means all.
func WithConnections(names []string) Option { return func(p *Pool) { p.only = names } }

// WithAccounts allows sessions only for these accounts, whatever their
// connections reach. A session for another is Refused. None means all.
func WithAccounts(ids []string) Option { return func(p *Pool) { p.accounts = ids } }

// Kept reports whether the pool is limited to some connections or accounts.
func (p *Pool) Kept() bool { return len(p.only) > 0 || len(p.accounts) > 0 }

// keep refuses a session that the pool does not allow: for another account, or
// one for which AWS can't enforce the agent's policy.
func (p *Pool) keep(s *Session) error {
	if err := p.MayReach(s.Account, "account"); err != nil {
		return err
	}
	own := s.config.Credentials == s.base.config.Credentials
	if p.agent.Policy != "" && own && len(s.conn.settings.Chain()) == 0 {
		return fault.New(fault.Refused, "connection %q assumes no role, so AWS can't apply the agent's session policy", s.Connection).
			At("connection").WithFix("give the connection a role_arn, or the agent another connection")
	}
	return nil
}

// chain returns the connection's roles as the pool's agent assumes them. The last
// is also given without the agent's policy, to assume member roles with.
func (c *connection) chain() (roles []settings.Role, free settings.Role, err error) {
	roles, a := slices.Clone(c.settings.Chain()), c.pool.agent
	if len(roles) == 0 {
		return nil, settings.Role{}, nil
	}
	if first := &roles[0]; first.SourceIdentity == "" {
		first.SourceIdentity = a.SourceIdentity
	}
	last := &roles[len(roles)-1]
	free = *last
	*last, err = a.bind(free)
	return roles, free, err
}

// bind returns the role that ends a chain the agent's name and policy.
func (a Agent) bind(r settings.Role) (settings.Role, error) {
	if a.SessionName != "" {
		r.SessionName = a.SessionName
	}
	if a.Policy == "" {
		return r, nil
	}
	if r.Policy != "" {
		return r, fault.New(fault.Invalid, "role %s and the agent both have a session policy, and AWS takes one", r.RoleARN).
			At("session_policy").WithFix("remove the connection's policy, or put both into the agent's")
	}
	r.Policy = a.Policy
	return r, nil
}
