package awssim

import (
	"encoding/xml"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// samlHandlers returns the operations on SAML providers.
func samlHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateSAMLProvider":   writeHandler(createSAMLProvider),
		"DeleteSAMLProvider":   doing[iam.DeleteSAMLProviderOutput](deleteSAMLProvider),
		"GetSAMLProvider":      readHandler(getSAMLProvider),
		"ListSAMLProviderTags": readHandler(listSAMLProviderTags),
		"ListSAMLProviders":    readHandler(listSAMLProviders),
		"TagSAMLProvider":      doingAny[iam.TagSAMLProviderOutput, iam.TagSAMLProviderInput](tag),
		"UntagSAMLProvider":    doingAny[iam.UntagSAMLProviderOutput, iam.UntagSAMLProviderInput](untag),
		"UpdateSAMLProvider":   writeHandler(updateSAMLProvider),
	}
}

// SAMLProvider is an identity provider that an account trusts.
type SAMLProvider struct {
	ARN              string
	Created, Expires time.Time
	Tags             map[string]string
	id               string
	metadata         string // its description, in XML; empty for what Go made
	encryption       types.AssertionEncryptionModeType
	keys             []types.SAMLPrivateKey // which decrypt assertions; without the keys themselves
}

// AddSAMLProvider makes the account trust a SAML provider.
func (a *Account) AddSAMLProvider(name string) *SAMLProvider {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	return a.newSAML(name)
}

// newSAML makes a SAML provider. The World is locked.
func (a *Account) newSAML(name string) *SAMLProvider {
	now := a.world.Clock.Now()
	p := &SAMLProvider{ARN: a.ARN("iam", "", "saml-provider/"+name), Created: now, Expires: now.AddDate(10, 0, 0), id: UniqueID("ASAML")}
	a.saml = append(a.saml, p)
	return p
}

// ownARN wants the ARN of a provider of the account.
func (c *Call) ownARN(arn, kind, provider string) error {
	if !strings.HasPrefix(arn, c.Account.ARN("iam", "", kind+"/")) {
		return Errorf("InvalidInput", "Invalid %s Provider ARN: %s", provider, arn)
	}
	return nil
}

// samlProvider finds a provider by ARN.
func (c *Call) samlProvider(arn *string) (*SAMLProvider, error) {
	if err := c.ownARN(*arn, "saml-provider", "SAML"); err != nil {
		return nil, err
	}
	for _, p := range c.Account.saml {
		if p.ARN == *arn {
			return p, nil
		}
	}
	return nil, noSuchEntity("SAMLProvider %s cannot be found.", *arn)
}

// describe takes over what a provider says of itself.
func (p *SAMLProvider) describe(metadata string) error {
	var root struct {
		XMLName xml.Name
		Entity  string `xml:"entityID,attr"`
	}
	if err := xml.Unmarshal([]byte(metadata), &root); err != nil || root.XMLName.Local != "EntityDescriptor" || root.Entity == "" {
		return Errorf("InvalidInput", "Could not parse metadata")
	}
	p.metadata = metadata
	return nil
}

// addKey adds a private key, of which there are at most two.
func (p *SAMLProvider) addKey(key *string, now time.Time) error {
	if key == nil {
		return nil
	}
	if err := within("SAMLPrivateKeysPerProvider", len(p.keys)+1, 2); err != nil {
		return err
	}
	p.keys = append(p.keys, types.SAMLPrivateKey{KeyId: aws.String(UniqueID("SAMLPK")), Timestamp: iamTime(now)})
	return nil
}

// createSAMLProvider follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
func createSAMLProvider(c *Call, in *iam.CreateSAMLProviderInput) (*iam.CreateSAMLProviderOutput, error) {
	a := c.Account
	if slices.ContainsFunc(a.saml, func(p *SAMLProvider) bool { return strings.HasSuffix(p.ARN, ":saml-provider/"+*in.Name) }) {
		return nil, Errorf("EntityAlreadyExists", "SAML provider with name %s already exists.", *in.Name)
	}
	if err := within("SAMLProvidersPerAccount", len(a.saml)+1, 100); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	made := SAMLProvider{encryption: in.AssertionEncryptionMode, Tags: tags}
	if err := made.describe(*in.SAMLMetadataDocument); err != nil {
		return nil, err
	}
	if err := made.addKey(in.AddPrivateKey, c.Now()); err != nil {
		return nil, err
	}
	p := a.newSAML(*in.Name)
	p.Tags, p.metadata, p.encryption, p.keys = made.Tags, made.metadata, made.encryption, made.keys
	return &iam.CreateSAMLProviderOutput{SAMLProviderArn: aws.String(p.ARN), Tags: iamTags(tags)}, nil
}

// getSAMLProvider follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
func getSAMLProvider(c *Call, in *iam.GetSAMLProviderInput) (*iam.GetSAMLProviderOutput, error) {
	p, err := c.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetSAMLProviderOutput{
		SAMLProviderUUID: aws.String(p.id), SAMLMetadataDocument: aws.String(p.metadata), CreateDate: iamTime(p.Created), ValidUntil: iamTime(p.Expires),
		Tags: iamTags(p.Tags), AssertionEncryptionMode: p.encryption, PrivateKeyList: slices.Clone(p.keys),
	}, nil
}

// updateSAMLProvider follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html
func updateSAMLProvider(c *Call, in *iam.UpdateSAMLProviderInput) (*iam.UpdateSAMLProviderOutput, error) {
	p, err := c.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	if in.SAMLMetadataDocument != nil {
		if err := p.describe(*in.SAMLMetadataDocument); err != nil {
			return nil, err
		}
	}
	if in.RemovePrivateKey != nil {
		p.keys = slices.DeleteFunc(p.keys, func(k types.SAMLPrivateKey) bool { return *k.KeyId == *in.RemovePrivateKey })
	}
	if err := p.addKey(in.AddPrivateKey, c.Now()); err != nil {
		return nil, err
	}
	if in.AssertionEncryptionMode != "" {
		p.encryption = in.AssertionEncryptionMode
	}
	return &iam.UpdateSAMLProviderOutput{SAMLProviderArn: aws.String(p.ARN)}, nil
}

// deleteSAMLProvider follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSAMLProvider.html
func deleteSAMLProvider(c *Call, in *iam.DeleteSAMLProviderInput) error {
	p, err := c.samlProvider(in.SAMLProviderArn)
	if err != nil {
		return err
	}
	c.Account.saml = slices.DeleteFunc(c.Account.saml, func(other *SAMLProvider) bool { return other == p })
	return nil
}

// listSAMLProviders follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
func listSAMLProviders(c *Call, _ *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
	return &iam.ListSAMLProvidersOutput{SAMLProviderList: Each(c.Account.saml, func(p *SAMLProvider) types.SAMLProviderListEntry {
		return types.SAMLProviderListEntry{Arn: aws.String(p.ARN), CreateDate: iamTime(p.Created), ValidUntil: iamTime(p.Expires)}
	})}, nil
}
