package awsapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// Status is how a Finding came out.
type Status string

// The statuses.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failure Status = "failure"
)

// Finding is one thing that was checked.
type Finding struct {
	// ID is one of source, environment, endpoint, credentials, identity,
	// region, expiry, clock, keys, root, scim, connection.
	ID      string `json:"id"`
	Status  Status `json:"status"`
	Message string `json:"message"`
	Cause   string `json:"cause,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

// endsSoon is how much life of credentials is too little, where nothing
// renews them.
const endsSoon = 15 * time.Minute

// skewToMention is a clock difference that does no harm yet.
const skewToMention = 30 * time.Second

// Check probes a connection: where its credentials come from, who they are,
// region, expiry, clock, long-lived keys, root, and what the environment
// overrides. It makes one call, GetCallerIdentity, and asks a SCIM endpoint for
// one user. A finding depends on the ones before it: after a failure to get
// credentials, the rest is not asked.
func (p *Pool) Check(ctx context.Context, name string) []Finding {
	c, err := p.connection(name)
	if err != nil {
		return []Finding{failed("connection", err)}
	}
	found := c.checkSettings()
	b, err := c.load(ctx)
	if err != nil {
		return append(found, failed("source", err))
	}
	found = append(found, c.checkRegion(b))
	creds, err := b.config.Credentials.Retrieve(ctx)
	if err != nil {
		return append(found, failed("credentials", awserr.Fault(err)))
	}
	found = append(found, c.checkSource(b, creds), c.checkKeys(b, creds), c.checkExpiry(b))
	identity, err := c.ask(ctx, b)
	found = append(found, c.checkClock())
	if err != nil {
		return append(found, failed("identity", awserr.Fault(err)))
	}
	found = append(found, Finding{ID: "identity", Status: OK, Message: identity.ARN + " in account " + identity.Account})
	return append(append(found, c.checkRoot(identity)), c.checkSCIM(ctx, b)...)
}

// checkSCIM tries the SCIM endpoint, where there is one.
func (c *connection) checkSCIM(ctx context.Context, b *base) []Finding {
	if c.settings.SCIM.Endpoint == "" {
		return nil
	}
	client, err := c.scim(ctx, b.config.HTTPClient)
	if err == nil {
		err = client.Try(ctx)
	}
	switch {
	case err != nil:
		return []Finding{failed("scim", err)}
	case c.settings.SCIM.Token.Literal():
		return []Finding{{
			ID: "scim", Status: Warning, Message: "the SCIM token is written in the connection", Cause: "whoever reads the file can make and delete users",
			Fix: "put it elsewhere, and a reference here: env:NAME, file:PATH or awssecret:ARN",
		}}
	}
	return []Finding{{ID: "scim", Status: OK, Message: "the SCIM endpoint answers"}}
}

// ask tells who the credentials are, root too.
func (c *connection) ask(ctx context.Context, b *base) (credentials.Identity, error) {
	identity, err := c.who(ctx, b)
	if errors.Is(err, fault.Refused) {
		return credentials.WhoAmI(ctx, b.config)
	}
	return identity, err
}

func failed(id string, err error) Finding {
	e := fault.From(err)
	return Finding{ID: id, Status: Failure, Message: e.Message, Cause: e.Cause, Fix: e.Fix}
}

// checkSettings reports what needs no call.
func (c *connection) checkSettings() []Finding {
	var found []Finding
	for _, e := range c.settings.Problems() {
		f := failed("connection", e)
		f.Message = e.Field + ": " + f.Message
		found = append(found, f)
	}
	for _, override := range overrides(c.settings) {
		found = append(found, Finding{
			ID: "environment", Status: Warning, Message: override,
			Cause: "environment variables win over the file",
			Fix:   "unset the variable, or pin source: in the connection",
		})
	}
	if s := c.settings; s.Endpoint != "" {
		found = append(found, Finding{
			ID: "endpoint", Status: Warning, Message: "calls go to " + s.Endpoint + ", not to AWS's own addresses",
			Cause: "endpoint is set in the connection", Fix: "remove endpoint if this should be AWS itself",
		})
	} else if address := environmentEndpoint(); address != "" {
		found = append(found, Finding{
			ID: "endpoint", Status: Warning, Message: "calls go to " + address + ", not to AWS's own addresses",
			Cause: "AWS_ENDPOINT_URL is set", Fix: "unset AWS_ENDPOINT_URL if this should be AWS itself",
		})
	}
	return found
}

func (c *connection) checkRegion(b *base) Finding {
	region, err := c.region(b, "")
	if err != nil {
		return failed("region", err)
	}
	return Finding{ID: "region", Status: OK, Message: region + " (partition " + regions.PartitionOf(region) + ")"}
}

func (c *connection) checkSource(b *base, creds aws.Credentials) Finding {
	message := string(b.source)
	if b.source == settings.Profile {
		message += " " + c.settings.Profile
	}
	if creds.Source != "" {
		message += ", by " + creds.Source
	}
	for _, role := range c.settings.Chain() {
		message += ", then role " + role.RoleARN
	}
	return Finding{ID: "source", Status: OK, Message: message}
}

// checkKeys finds long-lived access keys: those whose id begins with AKIA.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func (c *connection) checkKeys(b *base, creds aws.Credentials) Finding {
	first := creds
	if b.first != nil {
		first = b.first.Present()
	}
	if !strings.HasPrefix(first.AccessKeyID, "AKIA") {
		return Finding{ID: "keys", Status: OK, Message: "no long-lived access key is used"}
	}
	f := Finding{
		ID: "keys", Status: Warning, Message: "a long-lived access key is used: " + first.AccessKeyID,
		Cause: "it works for whoever has it, until somebody deletes it",
		Fix: "use a role: an SSO profile for people (aws configure sso), the instance, task or pod role for programs on AWS, " +
			"web identity elsewhere; then delete the key",
	}
	if c.settings.SecretAccessKey.Literal() && b.source == settings.Keys {
		f.Message += ", and its secret is written in the configuration file"
		f.Fix += "; until then keep the secret out of the file with env:, file:, exec: or awssecret:"
	}
	return f
}

func (c *connection) checkExpiry(b *base) Finding {
	k, ok := b.config.Credentials.(*credentials.Keeper)
	if !ok || !k.Present().CanExpire {
		return Finding{ID: "expiry", Status: OK, Message: "the credentials do not end"}
	}
	ends := k.Present().Expires
	left := time.Until(ends).Round(time.Second)
	f := Finding{ID: "expiry", Status: OK, Message: fmt.Sprintf("the credentials end in %s, at %s, and are renewed before", left, ends.UTC().Format(time.RFC3339))}
	if left < endsSoon {
		f.Status, f.Cause = Warning, "little of the session is left"
		f.Fix = "if renewing needs a person (SSO, MFA), sign in again now"
	}
	return f
}

func (c *connection) checkClock() Finding {
	skew := time.Duration(c.skew.Load())
	switch {
	case skew.Abs() < skewToMention:
		return Finding{ID: "clock", Status: OK, Message: "this machine's clock agrees with AWS's"}
	case skew.Abs() < awserr.SkewThatMatters:
		return Finding{ID: "clock", Status: Warning, Message: awserr.SkewText(skew), Cause: "AWS refuses calls at five minutes", Fix: awserr.FixClock}
	default:
		return Finding{ID: "clock", Status: Failure, Message: awserr.SkewText(skew), Cause: "AWS refuses calls at five minutes", Fix: awserr.FixClock}
	}
}

func (c *connection) checkRoot(identity credentials.Identity) Finding {
	switch {
	case !identity.Root():
		return Finding{ID: "root", Status: OK, Message: "not the root user"}
	case c.settings.AllowRoot:
		return Finding{
			ID: "root", Status: Warning, Message: "these are the account's root credentials, which allow_root accepts",
			Cause: "no policy limits the root user", Fix: "make a role for this work and delete the root user's keys",
		}
	}
	return failed("root", refuseRoot(c.name, identity))
}
