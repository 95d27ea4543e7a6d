package awsapi

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/singleflight"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/awsapi/scim"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// connection is a connection in use: its configuration once loaded, its identity
// once known, and its sessions.
type connection struct {
	pool     *Pool
	name     string
	settings Settings
	skew     atomic.Int64 // AWS's clock minus ours, in nanoseconds, last seen

	asking  singleflight.Group
	running credentials.Running // the program that asking waits for
	shared  credentials.Shared  // that question, for all who wait for the answer

	mu       sync.Mutex
	base     *base
	identity *credentials.Identity
	refused  refusedIdentity
	sessions map[Target]*Session
	members  map[string]*credentials.Keeper
}

// base is a connection's loaded configuration, with the credentials that its
// source and role chain give.
type base struct {
	config  aws.Config
	source  settings.Source
	first   *credentials.Keeper // of the source itself, below the roles
	members *credentials.Keeper // assumes member roles, where config's credentials are bound by an agent's policy
	session bool                // the credentials come from a role, so they are not root's
	account string
}

// load returns the configuration, made once. A failure is not kept: the next call
// tries again.
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
	if err := c.settings.CheckRegion(region); err != nil {
		return "", err
	}
	return region, nil
}

// who returns the identity of the connection's own credentials, and refuses
// root's unless the settings allow them. STS is asked once for all callers; a
// failure is not kept.
func (c *connection) who(ctx context.Context, b *base) (credentials.Identity, error) {
	if identity, known, err := c.knownIdentity(ctx); known || err != nil {
		return identity, err
	}
	defer c.shared.Wait()()
	answer := c.asking.DoChan("", func() (any, error) {
		// An earlier question may have been answered since the look above.
		if identity, known, err := c.knownIdentity(ctx); known || err != nil {
			return identity, err
		}
		// Whoever asked first may go away; the others still wait.
		ctx, ended := c.shared.Begin(c.running.Note(context.WithoutCancel(ctx)))
		defer ended()
		ctx, cancel := context.WithTimeout(ctx, credentials.RefreshTimeout)
		defer cancel()
		var identity credentials.Identity
		err := parallel.Safely(func() (err error) {
			identity, err = c.askWho(ctx, b)
			return credentials.Why(ctx, err)
		})
		return identity, err
	})
	select {
	case a := <-answer:
		parallel.Rethrow(a.Err)
		if credentials.Late(ctx, a.Err) {
			return c.who(ctx, b)
		}
		identity, _ := a.Val.(credentials.Identity)
		c.noteRefusal(ctx, a.Err)
		return identity, a.Err
	case <-ctx.Done():
		err := awserr.Fault(c.running.NameRunning(ctx, ctx.Err()))
		c.noteRefusal(ctx, err)
		return credentials.Identity{}, err
	}
}

// refusedIdentity is the reason why the identity could not be determined, and the
// call of a tool in which that happened.
type refusedIdentity struct {
	reach *audit.Reach
	err   error
}

// noteRefusal keeps a failure for the second time that the same call asks: it
// asks once to find out where it goes, and once to go there.
func (c *connection) noteRefusal(ctx context.Context, err error) {
	reach := audit.ReachOf(ctx)
	if err == nil || reach == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = refusedIdentity{reach, err}
}

// knownIdentity returns the identity if it is known without asking STS.
func (c *connection) knownIdentity(ctx context.Context) (identity credentials.Identity, known bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.identity != nil {
		return *c.identity, true, nil
	}
	if reach := audit.ReachOf(ctx); reach != nil && c.refused.reach == reach {
		err, c.refused = c.refused.err, refusedIdentity{}
	}
	return credentials.Identity{}, false, err
}

func (c *connection) askWho(ctx context.Context, b *base) (credentials.Identity, error) {
	identity, err := credentials.WhoAmI(ctx, b.config)
	if err != nil {
		return credentials.Identity{}, err
	}
	if identity.Root() && !c.settings.AllowRoot {
		return credentials.Identity{}, refuseRoot(c.name, identity)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.identity = &identity
	return identity, nil
}

func refuseRoot(name string, identity credentials.Identity) error {
	e := fault.New(fault.Refused, "connection %q holds the root credentials of account %s", name, identity.Account).
		WithCause("no policy limits the root user, so a mistake or a leak of its keys costs the whole account").
		WithFix("delete the root user's access keys and connect with a role; " +
			"if it must be root, set allow_root: true in the connection")
	e.Resource = identity.ARN
	return e
}

// own returns the account of the connection's own credentials. STS is asked
// unless the account is known and the credentials can't be root's.
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

// credentials returns the ones for an account: the connection's own, or those of
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
	role, err := c.pool.agent.bind(c.settings.RoleIn(account, regions.PartitionOf(region)))
	if err != nil {
		return nil, err
	}
	k, err := credentials.Assume(cfg, role)
	if err != nil {
		return nil, err
	}
	if c.members == nil {
		c.members = make(map[string]*credentials.Keeper)
	}
	c.members[account] = k
	return k, nil
}

// assumeChain adds the settings' roles to the first credentials. Each role is
// assumed with the credentials of the one before.
func (c *connection) assumeChain(b *base) (*base, error) {
	roles, free, err := c.chain()
	if err != nil {
		return nil, err
	}
	for i, role := range roles {
		if i == len(roles)-1 && role.Policy != free.Policy {
			if b.members, err = credentials.Assume(b.config, free); err != nil {
				return nil, err
			}
		}
		k, err := credentials.Assume(b.config, role)
		if err != nil {
			return nil, err
		}
		b.config.Credentials = k
		b.session = true
		if a, ok := arn.Parse(role.RoleARN); ok {
			b.account = a.Account
		}
	}
	return b, nil
}

// secretReader reads awssecret: references through another connection, or
// through what the machine offers.
func (c *connection) secretReader() credentials.SecretReader {
	return func(ctx context.Context, arn string) (string, error) {
		ctx = unconfined(ctx)
		if c.settings.Via != "" {
			if _, ok := c.pool.settings[c.settings.Via]; !ok {
				return "", c.pool.unknown(c.settings.Via)
			}
			session, err := c.pool.made(c.settings.Via).open(ctx, Target{})
			if err != nil {
				return "", err
			}
			return credentials.ReadSecrets(session.Config())(ctx, arn)
		}
		s := c.settings
		ambient := &connection{pool: c.pool, name: c.name, settings: Settings{
			Source: settings.Ambient, Region: s.Region, Endpoint: s.Endpoint, FIPS: s.FIPS, DualStack: s.DualStack, CABundle: s.CABundle,
		}}
		b, err := ambient.load(ctx)
		if err != nil {
			return "", err
		}
		return credentials.ReadSecrets(b.config)(ctx, arn)
	}
}

// scim returns the client of the connection's SCIM endpoint.
func (c *connection) scim(ctx context.Context, http aws.HTTPClient) (*scim.Client, error) {
	token, err := credentials.Resolve(ctx, c.settings.SCIM.Token, c.secretReader())
	return scim.New(c.settings.SCIM.Endpoint, token, http, c.pool.backoff), err
}
