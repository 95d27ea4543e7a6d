package awsapi

import (
	"context"
	"reflect"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/awsapi/scim"
	"github.com/hawser/hawser/internal/fault"
)

// Session is a resolved Target: one account and one region, ready to call. It
// is safe for concurrent use and lives as long as its Pool.
type Session struct {
	Connection string
	Account    string // twelve digits
	Partition  string
	Region     string

	config  aws.Config
	conn    *connection
	base    *base
	clients sync.Map // reflect.Type of the client -> client
}

// Session checks a target and gives the session for it. The same target gives
// the same session.
//
// Errors: Invalid for an unknown connection, region or malformed account;
// NoCredentials, BadCredentials, ExpiredCredentials or Refused (root) when the
// connection itself does not work.
func (p *Pool) Session(ctx context.Context, target Target) (*Session, error) {
	c, err := p.connection(target.Connection)
	if err != nil {
		return nil, err
	}
	s, err := c.open(ctx, target)
	if err != nil {
		return nil, err
	}
	if err := p.keep(s); err != nil {
		return nil, err
	}
	return s, nil
}

// open is Session without the limits of the pool.
func (c *connection) open(ctx context.Context, target Target) (*Session, error) {
	if target.Account != "" && !arn.IsAccount(target.Account) {
		return nil, fault.New(fault.Invalid, "%q is not an account", target.Account).At("account").
			WithFix("an account is written as its twelve digits")
	}
	if target.Region != "" {
		if err := c.settings.CheckRegion(target.Region); err != nil {
			return nil, err
		}
	}
	return c.session(ctx, target)
}

func (c *connection) session(ctx context.Context, target Target) (*Session, error) {
	target.Connection = c.name
	c.mu.Lock()
	s := c.sessions[target]
	c.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := c.newSession(ctx, target)
	if err != nil {
		return nil, err
	}
	return c.keep(target, s), nil
}

// keep stores a session for the target as asked and as resolved, and returns the
// one that was there first.
func (c *connection) keep(asked Target, s *Session) *Session {
	resolved := Target{Connection: s.Connection, Account: s.Account, Region: s.Region}
	c.mu.Lock()
	defer c.mu.Unlock()
	if first := c.sessions[resolved]; first != nil {
		s = first
	}
	c.sessions[resolved] = s
	c.sessions[asked] = s
	return s
}

func (c *connection) newSession(ctx context.Context, target Target) (*Session, error) {
	b, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	region, err := c.region(b, target.Region)
	if err != nil {
		return nil, err
	}
	own, err := c.own(ctx, b)
	if err != nil {
		return nil, err
	}
	account := target.Account
	if account == "" {
		account = own
	}
	provider, err := c.credentials(b, own, account, region)
	if err != nil {
		return nil, err
	}
	cfg := b.config.Copy()
	cfg.Region, cfg.Credentials = region, provider
	cfg.APIOptions = c.middleware(account)
	if len(c.pool.accounts) > 0 {
		cfg.APIOptions = append(cfg.APIOptions, confining(c.confine(account)))
	}
	return &Session{
		Connection: c.name, Account: account, Partition: regions.PartitionOf(region), Region: region,
		config: cfg, conn: c, base: b,
	}, nil
}

// Config returns the configuration for service clients: credentials, region,
// endpoint, retries, rate limits and counters are in it. It must not be changed.
func (s *Session) Config() aws.Config { return s.config }

// Target returns the session's target, every field filled.
func (s *Session) Target() Target {
	return Target{Connection: s.Connection, Account: s.Account, Region: s.Region}
}

// Identity returns who AWS says this session is.
func (s *Session) Identity(ctx context.Context) (credentials.Identity, error) {
	if s.config.Credentials == s.base.config.Credentials {
		return s.conn.who(ctx, s.base)
	}
	return credentials.WhoAmI(ctx, s.config)
}

// KeyIDs returns the IDs of the access keys that sign the session's calls, and those by
// which it got its role. Keys that can't be had are left out.
func (s *Session) KeyIDs(ctx context.Context) []string {
	providers := []aws.CredentialsProvider{s.config.Credentials}
	if s.base.first != nil {
		providers = append(providers, s.base.first)
	}
	var ids []string
	for _, provider := range providers {
		if signed, err := provider.Retrieve(ctx); err == nil && !slices.Contains(ids, signed.AccessKeyID) {
			ids = append(ids, signed.AccessKeyID)
		}
	}
	return ids
}

// Client returns the session's client of a service, made once, with the service's
// own constructor:
//
//	awsapi.Client(session, s3.NewFromConfig)
func Client[C, O any](s *Session, construct func(aws.Config, ...func(*O)) *C) *C {
	key := reflect.TypeFor[C]()
	if c, ok := s.clients.Load(key); ok {
		return c.(*C)
	}
	c, _ := s.clients.LoadOrStore(key, construct(s.config))
	return c.(*C)
}

// HasSCIM reports whether the connection names Identity Center's SCIM endpoint.
func (s *Session) HasSCIM() bool { return s.conn.settings.SCIM.Endpoint != "" }

// SCIMUsers returns all users that the SCIM endpoint of the session's connection
// lists. Errors are those of scim.Client.Users, and NoCredentials for a token
// that can't be read.
func (s *Session) SCIMUsers(ctx context.Context) ([]scim.User, error) {
	client, err := s.conn.scim(ctx, s.config.HTTPClient)
	if err != nil {
		return nil, err
	}
	return client.Users(ctx)
}
