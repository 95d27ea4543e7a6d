package awsapi

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"golang.org/x/sync/singleflight"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
)

// connection is one connection at work: its configuration once loaded, its
// identity once asked, and the sessions made from it.
type connection struct {
	pool     *Pool
	name     string
	settings Settings
	skew     atomic.Int64 // AWS's clock minus ours, in nanoseconds, last seen

	asking  singleflight.Group
	running atomic.Pointer[string] // the program that asking waits for

	mu       sync.Mutex
	base     *base
	identity *Identity
	refused  refusedIdentity
	sessions map[Target]*Session
	members  map[string]*keeper
}

// base is a connection's loaded configuration, with the credentials that its
// source and role chain give.
type base struct {
	config  aws.Config
	source  Source
	first   *keeper // of the source itself, below the roles
	members *keeper // assumes member roles, where config's credentials are bound by an agent's policy
	session bool    // the credentials come from a role, so they are not root's
	account string
}

// Identity is who AWS says the credentials are.
type Identity struct {
	Account string `json:"account"`
	ARN     string `json:"arn"`
	UserID  string `json:"user_id"`
}

// Root tells whether the identity is the account's root user.
func (i Identity) Root() bool {
	a, ok := arn.Parse(i.ARN)
	return ok && a.Service == "iam" && a.Resource == "root"
}

// load gives the configuration, made once. A failure is not kept: the next
// call tries again.
func (c *connection) load(ctx context.Context) (*base, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base != nil {
		return c.base, nil
	}
	b, err := c.newBase(ctx)
	if err != nil {
		return nil, err
	}
	c.base = b
	return b, nil
}

// region is where a call goes that asks for region (which may be empty).
func (c *connection) region(b *base, asked string) (string, error) {
	region := asked
	if region == "" {
		region = b.config.Region
	}
	if region == "" {
		return "", fault.New(fault.Invalid, "connection %q has no region", c.name).At("region").
			WithCause("neither the call, the connection, the environment nor the profile names one").
			WithFix("give --region, or set region in the connection, or AWS_REGION")
	}
	if err := c.settings.checkRegion(region); err != nil {
		return "", err
	}
	return region, nil
}

// checkRegion refuses a region that AWS does not have, unless the settings
// name it or send calls elsewhere anyway.
func (s Settings) checkRegion(region string) error {
	if regions.Known(region) || s.Endpoint != "" {
		return nil
	}
	for _, extra := range s.ExtraRegions {
		if extra == region {
			return nil
		}
	}
	return badRegion(region)
}

func badRegion(region string) *fault.Error {
	e := fault.New(fault.Invalid, "%q is not an AWS region", region).At("region")
	if near := regions.Nearest(region); near != "" {
		e.WithCause("did you mean %s?", near).WithFix("use %s, or list a newer region in extra_regions", near)
		e.Region = near
		return e
	}
	return e.WithFix("use a region such as us-east-1, or list a newer one in extra_regions")
}

// who tells who the connection's own credentials are, and refuses root's
// unless the settings allow them. STS is asked once for all callers; a failure
// is not kept.
func (c *connection) who(ctx context.Context, b *base) (Identity, error) {
	if identity, known, err := c.knownIdentity(ctx); known || err != nil {
		return identity, err
	}
	answer := c.asking.DoChan("", func() (any, error) {
		// An earlier question may have been answered since the look above.
		if identity, known, err := c.knownIdentity(ctx); known || err != nil {
			return identity, err
		}
		// Whoever asked first may go away; the others still wait.
		ctx, cancel := context.WithTimeout(noting(context.WithoutCancel(ctx), &c.running), refreshTimeout)
		defer cancel()
		return c.askWho(ctx, b)
	})
	select {
	case a := <-answer:
		identity, _ := a.Val.(Identity)
		c.noteRefusal(ctx, a.Err)
		return identity, a.Err
	case <-ctx.Done():
		err := awserr.Fault(blameProgram(ctx, ctx.Err(), &c.running))
		c.noteRefusal(ctx, err)
		return Identity{}, err
	}
}

// refusedIdentity is why the identity could not be found out, and in which
// call of a tool.
type refusedIdentity struct {
	reach *audit.Reach
	err   error
}

// noteRefusal keeps a failure for the next time that the same call asks: it
// asks once to say where it goes, and once to go there.
func (c *connection) noteRefusal(ctx context.Context, err error) {
	reach := audit.ReachOf(ctx)
	if err == nil || reach == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = refusedIdentity{reach, err}
}

// knownIdentity gives what needs no question to STS.
func (c *connection) knownIdentity(ctx context.Context) (identity Identity, known bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.identity != nil {
		return *c.identity, true, nil
	}
	if reach := audit.ReachOf(ctx); reach != nil && c.refused.reach == reach {
		err, c.refused = c.refused.err, refusedIdentity{}
	}
	return Identity{}, false, err
}

func (c *connection) askWho(ctx context.Context, b *base) (Identity, error) {
	identity, err := callerIdentity(ctx, b.config)
	if err != nil {
		return Identity{}, err
	}
	if identity.Root() && !c.settings.AllowRoot {
		return Identity{}, refuseRoot(c.name, identity)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.identity = &identity
	return identity, nil
}

func refuseRoot(name string, identity Identity) error {
	e := fault.New(fault.Refused, "connection %q holds the root credentials of account %s", name, identity.Account).
		WithCause("no policy limits the root user, so a mistake or a leak of its keys costs the whole account").
		WithFix("delete the root user's access keys and connect with a role; " +
			"if it must be root, set allow_root: true in the connection")
	e.Resource = identity.ARN
	return e
}

// callerIdentity asks STS who the configuration's credentials are.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func callerIdentity(ctx context.Context, cfg aws.Config) (Identity, error) {
	out, err := sts.NewFromConfig(cfg, stsHome(cfg)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, noSTS(cfg, awserr.Fault(err))
	}
	return Identity{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), UserID: aws.ToString(out.UserId)}, nil
}

// noSTS tells what to do about an endpoint that may be a store of objects and
// no more, so that it can't say who somebody is.
func noSTS(cfg aws.Config, e *fault.Error) *fault.Error {
	if cfg.BaseEndpoint == nil || e.Fix != "" {
		return e
	}
	return e.WithFix("if %s is a store of objects without STS, set account and allow_root: true in the connection, "+
		"so that STS is not asked", *cfg.BaseEndpoint)
}

// stsHome lets STS answer for a configuration without a region.
func stsHome(cfg aws.Config) func(*sts.Options) {
	return func(o *sts.Options) {
		if cfg.Region == "" {
			o.Region = regions.Home("aws")
		}
	}
}

// own is the account of the connection's own credentials. STS is asked unless
// the account is known and the credentials can't be root's.
func (c *connection) own(ctx context.Context, b *base) (string, error) {
	if b.account != "" && (b.session || c.settings.AllowRoot) {
		return b.account, nil
	}
	identity, err := c.who(ctx, b)
	if err != nil {
		return "", err
	}
	return identity.Account, nil
}

// credentials are the ones for an account: the connection's own, or those of
// its member role there.
func (c *connection) credentials(b *base, own, account, region string) (aws.CredentialsProvider, error) {
	if account == own {
		return b.config.Credentials, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.members[account]; k != nil {
		return k, nil
	}
	cfg := b.config.Copy()
	if cfg.Region == "" {
		cfg.Region = region
	}
	if b.members != nil {
		cfg.Credentials = b.members
	}
	role, err := c.pool.agent.bind(c.memberRole(account, regions.PartitionOf(region)))
	if err != nil {
		return nil, err
	}
	k, err := assume(cfg, role)
	if err != nil {
		return nil, err
	}
	if c.members == nil {
		c.members = make(map[string]*keeper)
	}
	c.members[account] = k
	return k, nil
}

// DefaultMemberRole is the role that Organizations makes in new accounts.
const DefaultMemberRole = "OrganizationAccountAccessRole"

// memberRole is the role to assume in a member account.
func (c *connection) memberRole(account, partition string) Role {
	m := c.settings.member(account)
	role := Role{RoleARN: "arn:" + partition + ":iam::" + account + ":role/" + strings.TrimPrefix(m.Role, "/"), ExternalID: m.ExternalID}
	if strings.HasPrefix(m.Role, "arn:") {
		role.RoleARN = strings.NewReplacer("{account}", account, "{partition}", partition).Replace(m.Role)
	}
	return role
}
