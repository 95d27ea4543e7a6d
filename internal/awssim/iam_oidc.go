package awssim

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// oidcHandlers are the operations on OpenID Connect providers.
func oidcHandlers() map[string]Handler {
	return map[string]Handler{
		"AddClientIDToOpenIDConnectProvider":      doing[iam.AddClientIDToOpenIDConnectProviderOutput](addClientID),
		"CreateOpenIDConnectProvider":             writeHandler(createOIDC),
		"DeleteOpenIDConnectProvider":             doing[iam.DeleteOpenIDConnectProviderOutput](deleteOIDC),
		"GetOpenIDConnectProvider":                readHandler(getOIDC),
		"ListOpenIDConnectProviderTags":           readHandler(listOIDCTags),
		"ListOpenIDConnectProviders":              readHandler(listOIDC),
		"RemoveClientIDFromOpenIDConnectProvider": doing[iam.RemoveClientIDFromOpenIDConnectProviderOutput](removeClientID),
		"TagOpenIDConnectProvider":                doingAny[iam.TagOpenIDConnectProviderOutput, iam.TagOpenIDConnectProviderInput](tag),
		"UntagOpenIDConnectProvider":              doingAny[iam.UntagOpenIDConnectProviderOutput, iam.UntagOpenIDConnectProviderInput](untag),
		"UpdateOpenIDConnectProviderThumbprint":   doing[iam.UpdateOpenIDConnectProviderThumbprintOutput](updateThumbprint),
	}
}

// oidcProvider is an account's trust in an issuer of OpenID Connect tokens. Its
// lists are replaced and never changed.
type oidcProvider struct {
	arn, host   string // the host is the URL without its scheme
	audiences   []string
	thumbprints []string
	created     time.Time
	Tags        map[string]string
}

// AddOIDCProvider makes the account know an issuer, for tokens meant for one
// of the audiences, and gives the provider's ARN.
func (a *Account) AddOIDCProvider(i *Issuer, audiences ...string) string {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	p := a.newOIDC(i.URL)
	p.audiences = audiences
	return p.arn
}

// newOIDC makes a provider. The World is locked.
func (a *Account) newOIDC(issuer string) *oidcProvider {
	host := strings.TrimPrefix(issuer, "https://")
	p := &oidcProvider{arn: a.ARN("iam", "", "oidc-provider/"+host), host: host, created: a.world.Clock.Now()}
	a.oidc[issuer] = p
	return p
}

// provider is what the account knows of an issuer, as it is now.
func (a *Account) provider(i *Issuer) (oidcProvider, bool) {
	a.world.mu.RLock()
	defer a.world.mu.RUnlock()
	if p := a.oidc[i.URL]; p != nil {
		return *p, true
	}
	if host := i.host(); slices.Contains(knownProviders(), host) {
		return oidcProvider{arn: host, host: host}, true
	}
	return oidcProvider{}, false
}

// knownProviders are the OpenID Connect providers that AWS knows. A trust policy names
// them by these names, and its conditions alone limit the audience. The two others that
// AWS knows, Facebook and Login with Amazon, have tokens of OAuth 2.0.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
func knownProviders() []string {
	return []string{"accounts.google.com", "cognito-identity.amazonaws.com"}
}

// takes reports whether a provider takes tokens that are meant for one of some audiences.
func (p oidcProvider) takes(audiences []string) bool {
	return p.arn == p.host || slices.ContainsFunc(audiences, func(a string) bool { return slices.Contains(p.audiences, a) })
}

// oidcProvider finds a provider by ARN.
func (c *Call) oidcProvider(arn *string) (*oidcProvider, error) {
	if err := c.ownARN(*arn, "oidc-provider", "Open ID Connect"); err != nil {
		return nil, err
	}
	for _, p := range c.Account.oidc {
		if p.arn == *arn {
			return p, nil
		}
	}
	return nil, noSuchEntity("OpenIDConnect Provider not found for arn %s", *arn)
}

// createOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
func createOIDC(c *Call, in *iam.CreateOpenIDConnectProviderInput) (*iam.CreateOpenIDConnectProviderOutput, error) {
	a := c.Account
	u, err := url.Parse(*in.Url)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "":
		return nil, Errorf("ValidationError", "Invalid Open ID Connect Provider URL")
	case a.oidc[*in.Url] != nil:
		return nil, Errorf("EntityAlreadyExists", "Provider with url %s already exists.", *in.Url)
	}
	if err := within("OpenIdConnectProvidersPerAccount", len(a.oidc)+1, 100); err != nil {
		return nil, err
	}
	if err := within("ClientIdsPerOpenIdConnectProvider", len(in.ClientIDList), 100); err != nil {
		return nil, err
	}
	if err := soundThumbprints(in.ThumbprintList); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	p := a.newOIDC(*in.Url)
	p.audiences, p.thumbprints, p.Tags = in.ClientIDList, in.ThumbprintList, tags
	return &iam.CreateOpenIDConnectProviderOutput{OpenIDConnectProviderArn: aws.String(p.arn), Tags: iamTags(tags)}, nil
}

// soundThumbprints wants at most five thumbprints of certificates.
func soundThumbprints(list []string) error {
	if len(list) > 5 {
		return Errorf("InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
	}
	return nil
}

// getOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
func getOIDC(c *Call, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
	p, err := c.oidcProvider(in.OpenIDConnectProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetOpenIDConnectProviderOutput{
		Url: aws.String(p.host), ClientIDList: append([]string{}, p.audiences...), ThumbprintList: append([]string{}, p.thumbprints...),
		CreateDate: iamTime(p.created), Tags: iamTags(p.Tags),
	}, nil
}

// addClientID follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
func addClientID(c *Call, in *iam.AddClientIDToOpenIDConnectProviderInput) error {
	p, err := c.oidcProvider(in.OpenIDConnectProviderArn)
	if err != nil || slices.Contains(p.audiences, *in.ClientID) {
		return err
	}
	if err := within("ClientIdsPerOpenIdConnectProvider", len(p.audiences)+1, 100); err != nil {
		return err
	}
	p.audiences = slices.Concat(p.audiences, []string{*in.ClientID})
	return nil
}

// removeClientID follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html
func removeClientID(c *Call, in *iam.RemoveClientIDFromOpenIDConnectProviderInput) error {
	p, err := c.oidcProvider(in.OpenIDConnectProviderArn)
	if err != nil {
		return err
	}
	p.audiences = slices.DeleteFunc(slices.Clone(p.audiences), func(id string) bool { return id == *in.ClientID })
	return nil
}

// updateThumbprint follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
func updateThumbprint(c *Call, in *iam.UpdateOpenIDConnectProviderThumbprintInput) error {
	p, err := c.oidcProvider(in.OpenIDConnectProviderArn)
	if err != nil {
		return err
	}
	if err := soundThumbprints(in.ThumbprintList); err != nil {
		return err
	}
	p.thumbprints = in.ThumbprintList
	return nil
}

// deleteOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
// Deleting a provider that does not exist succeeds.
func deleteOIDC(c *Call, in *iam.DeleteOpenIDConnectProviderInput) error {
	arn := *in.OpenIDConnectProviderArn
	maps.DeleteFunc(c.Account.oidc, func(_ string, p *oidcProvider) bool { return p.arn == arn })
	return c.ownARN(arn, "oidc-provider", "Open ID Connect")
}

// listOIDC follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
func listOIDC(c *Call, _ *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	return &iam.ListOpenIDConnectProvidersOutput{
		OpenIDConnectProviderList: Each(InOrder(c.Account.oidc), func(p *oidcProvider) types.OpenIDConnectProviderListEntry {
			return types.OpenIDConnectProviderListEntry{Arn: aws.String(p.arn)}
		}),
	}, nil
}
