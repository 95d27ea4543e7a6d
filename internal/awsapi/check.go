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
	"github.com/hawser/hawser/internal/finding"
)

// endsSoon is how much life of credentials is too little, where nothing
// renews them.
const endsSoon = 15 * time.Minute

// skewToMention is a clock difference that does no harm yet.
const skewToMention = 30 * time.Second

// Check probes a connection: where its credentials come from, who they are,
// region, expiry, clock, long-lived keys, root, and what the environment
// overrides. It makes one call, GetCallerIdentity, and asks a SCIM endpoint for
// one user. Checks that depend on a failed one are left out: without credentials there
// are no further ones. The checks are source, environment, endpoint,
// credentials, identity, account, region, expiry, clock, keys, root, scim and connection.
func (p *Pool) Check(ctx context.Context, name string) []finding.Finding {
	var found []finding.Finding
	if c, err := p.connection(name); err != nil {
		found = append(found, finding.Of("connection", err))
	} else {
		found = c.check(ctx)
	}
	for i := range found {
		found[i].Where = name
	}
	return found
}

func (c *connection) check(ctx context.Context) []finding.Finding {
	found := c.checkSettings()
	b, err := c.load(ctx)
	if err != nil {
		return append(found, finding.Of("source", err))
	}
	found = append(found, c.checkRegion(b))
	creds, err := b.config.Credentials.Retrieve(ctx)
	if err != nil {
		return append(found, finding.Of("credentials", awserr.Fault(err)))
	}
	found = append(found, c.checkSource(b, creds), c.checkKeys(b, creds), c.checkExpiry(b))
	identity, err := c.ask(ctx, b)
	found = append(found, c.checkClock())
	if err != nil {
		return append(found, finding.Of("identity", awserr.Fault(err)))
	}
	found = append(found, finding.Finding{Check: "identity", Severity: finding.OK, Message: identity.ARN + " in account " + identity.Account})
	found = append(found, c.checkAccount(identity)...)
	return append(append(found, c.checkRoot(identity)), c.checkSCIM(ctx, b)...)
}

// checkAccount compares the connection's account with that of the credentials. Calls
// believe the connection, so that one of another account would be made where nobody
// expects it. Roles have their own account, in their ARN.
func (c *connection) checkAccount(identity credentials.Identity) []finding.Finding {
	account := c.settings.Account
	switch {
	case account == "" || len(c.settings.Chain()) > 0:
		return nil
	case account == identity.Account:
		return []finding.Finding{{Check: "account", Severity: finding.OK, Message: "the credentials belong to the connection's account " + account}}
	}
	return []finding.Finding{{
		Check: "account", Severity: finding.Failure, Message: "the credentials belong to account " + identity.Account + ", not to " + account,
		Cause: "account: in the connection is " + account + ", and calls to it are made with these credentials",
		Fix:   "correct account: to \"" + identity.Account + "\" or remove it, or use credentials of " + account,
	}}
}

// checkSCIM tries the SCIM endpoint, where there is one.
func (c *connection) checkSCIM(ctx context.Context, b *base) []finding.Finding {
	if c.settings.SCIM.Endpoint == "" {
		return nil
	}
	client, err := c.scim(ctx, b.config.HTTPClient)
	if err == nil {
		err = client.Try(ctx)
	}
	switch {
	case err != nil:
		return []finding.Finding{finding.Of("scim", err)}
	case c.settings.SCIM.Token.Literal():
		return []finding.Finding{{
			Check: "scim", Severity: finding.Warning, Message: "the SCIM token is written in the connection", Cause: "whoever reads the file can make and delete users",
			Fix: "put it elsewhere, and a reference here: env:NAME, file:PATH or awssecret:ARN",
		}}
	}
	return []finding.Finding{{Check: "scim", Severity: finding.OK, Message: "the SCIM endpoint answers"}}
}

// ask returns whose credentials they are. Unlike who, it does not refuse root.
func (c *connection) ask(ctx context.Context, b *base) (credentials.Identity, error) {
	identity, err := c.who(ctx, b)
	if errors.Is(err, fault.Refused) {
		return credentials.WhoAmI(ctx, b.config)
	}
	return identity, err
}

// checkSettings reports what needs no call.
func (c *connection) checkSettings() []finding.Finding {
	var found []finding.Finding
	for _, e := range c.settings.Problems() {
		f := finding.Of("connection", e)
		f.Message = e.Field + ": " + f.Message
		found = append(found, f)
	}
	for _, override := range overrides(c.settings) {
		found = append(found, finding.Finding{
			Check: "environment", Severity: finding.Warning, Message: override,
			Cause: "environment variables win over the file",
			Fix:   "unset the variable, or pin source: in the connection",
		})
	}
	if s := c.settings; s.Endpoint != "" {
		found = append(found, finding.Finding{
			Check: "endpoint", Severity: finding.Warning, Message: "calls go to " + s.Endpoint + ", not to AWS's own addresses",
			Cause: "endpoint is set in the connection", Fix: "remove endpoint if this should be AWS itself",
		})
	} else if address := environmentEndpoint(); address != "" {
		found = append(found, finding.Finding{
			Check: "endpoint", Severity: finding.Warning, Message: "calls go to " + address + ", not to AWS's own addresses",
			Cause: "AWS_ENDPOINT_URL is set", Fix: "unset AWS_ENDPOINT_URL if this should be AWS itself",
		})
	}
	return found
}

func (c *connection) checkRegion(b *base) finding.Finding {
	region, err := c.region(b, "")
	if err != nil {
		return finding.Of("region", err)
	}
	return finding.Finding{Check: "region", Severity: finding.OK, Message: region + " (partition " + regions.PartitionOf(region) + ")"}
}

func (c *connection) checkSource(b *base, creds aws.Credentials) finding.Finding {
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
	return finding.Finding{Check: "source", Severity: finding.OK, Message: message}
}

// checkKeys finds long-lived access keys: those whose id begins with AKIA.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func (c *connection) checkKeys(b *base, creds aws.Credentials) finding.Finding {
	first := creds
	if b.first != nil {
		first = b.first.Present()
	}
	if !strings.HasPrefix(first.AccessKeyID, "AKIA") {
		return finding.Finding{Check: "keys", Severity: finding.OK, Message: "no long-lived access key is used"}
	}
	f := finding.Finding{
		Check: "keys", Severity: finding.Warning, Message: "a long-lived access key is used: " + first.AccessKeyID,
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

func (c *connection) checkExpiry(b *base) finding.Finding {
	k, ok := b.config.Credentials.(*credentials.Keeper)
	if !ok || !k.Present().CanExpire {
		return finding.Finding{Check: "expiry", Severity: finding.OK, Message: "the credentials do not end"}
	}
	ends := k.Present().Expires
	left := time.Until(ends).Round(time.Second)
	f := finding.Finding{Check: "expiry", Severity: finding.OK, Message: fmt.Sprintf("the credentials end in %s, at %s, and are renewed before", left, ends.UTC().Format(time.RFC3339))}
	if left < endsSoon {
		f.Severity, f.Cause = finding.Warning, "little of the session is left"
		f.Fix = "if renewing needs a person (SSO, MFA), sign in again now"
	}
	return f
}

func (c *connection) checkClock() finding.Finding {
	skew := time.Duration(c.skew.Load())
	switch {
	case skew.Abs() < skewToMention:
		return finding.Finding{Check: "clock", Severity: finding.OK, Message: "this machine's clock agrees with AWS's"}
	case skew.Abs() < awserr.SkewThatMatters:
		return finding.Finding{Check: "clock", Severity: finding.Warning, Message: awserr.SkewText(skew), Cause: "AWS refuses calls at five minutes", Fix: awserr.FixClock}
	default:
		return finding.Finding{Check: "clock", Severity: finding.Failure, Message: awserr.SkewText(skew), Cause: "AWS refuses calls at five minutes", Fix: awserr.FixClock}
	}
}

func (c *connection) checkRoot(identity credentials.Identity) finding.Finding {
	switch {
	case !identity.Root():
		return finding.Finding{Check: "root", Severity: finding.OK, Message: "not the root user"}
	case c.settings.AllowRoot:
		return finding.Finding{
			Check: "root", Severity: finding.Warning, Message: "these are the account's root credentials, which allow_root accepts",
			Cause: "no policy limits the root user", Fix: "make a role for this work and delete the root user's keys",
		}
	}
	return finding.Of("root", refuseRoot(c.name, identity))
}
