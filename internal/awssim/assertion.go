package awssim

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// attributeOf is the prefix of the attributes of an assertion that AWS reads.
const attributeOf = "https://aws.amazon.com/SAML/Attributes/"

// assertion is the content of a signed SAML assertion.
type assertion struct {
	samlText
	attributes map[string][]string
}

// samlText is an assertion as it is written.
type samlText struct {
	Issuer string `xml:"Issuer"`
	NameID struct {
		Format string `xml:"Format,attr"`
		Value  string `xml:",chardata"`
	} `xml:"Subject>NameID"`
	Confirmations []struct {
		Data struct {
			Recipient string    `xml:"Recipient,attr"`
			End       time.Time `xml:"NotOnOrAfter,attr"`
		} `xml:"SubjectConfirmationData"`
	} `xml:"Subject>SubjectConfirmation"`
	Conditions struct {
		Begin     time.Time `xml:"NotBefore,attr"`
		End       time.Time `xml:"NotOnOrAfter,attr"`
		Audiences []string  `xml:"AudienceRestriction>Audience"`
	} `xml:"Conditions"`
	Authn struct {
		End time.Time `xml:"SessionNotOnOrAfter,attr"`
	} `xml:"AuthnStatement"`
	Attributes []struct {
		Name   string   `xml:"Name,attr"`
		Values []string `xml:"AttributeValue"`
	} `xml:"AttributeStatement>Attribute"`
}

// readAssertion checks what a response says of itself, its signature and its content, and
// returns the assertion in it. Of the assertion it reads only what is signed.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
func (w *World) readAssertion(p *SAMLProvider, text string) (*assertion, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, badIdentity("Invalid base64 SAMLResponse")
	}
	signers, entity := p.signers()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return nil, badIdentity("Invalid SAML response")
	}
	if err := succeeded(doc.Root()); err != nil {
		return nil, err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: signers})
	ctx.Clock = dsig.NewFakeClockAt(w.Clock.Now())
	signed, err := signedAssertion(ctx, doc.Root())
	if err != nil {
		return nil, badIdentity("Response signature invalid")
	}
	a, err := parseAssertion(signed)
	if err != nil {
		return nil, badIdentity("Invalid SAML response")
	}
	if err := a.check(p, entity, w.Clock.Now()); err != nil {
		return nil, err
	}
	return a, nil
}

// signedAssertion returns the assertion that is signed, by itself or with the
// response around it.
func signedAssertion(ctx *dsig.ValidationContext, root *etree.Element) (*etree.Element, error) {
	if whole, err := ctx.Validate(root); err == nil {
		if whole.Tag == "Assertion" {
			return whole, nil
		}
		if inner := whole.FindElement("./Assertion"); inner != nil {
			return inner, nil
		}
	}
	inner := root.FindElement("./Assertion")
	if inner == nil {
		return nil, dsig.ErrMissingSignature
	}
	return ctx.Validate(inner)
}

func parseAssertion(el *etree.Element) (*assertion, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el.Copy())
	raw, err := doc.WriteToBytes()
	if err != nil {
		return nil, err
	}
	var t samlText
	if err := xml.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	a := &assertion{samlText: t, attributes: make(map[string][]string)}
	for _, at := range t.Attributes {
		a.attributes[at.Name] = append(a.attributes[at.Name], at.Values...)
	}
	return a, nil
}

// signers returns the certificates in the provider's description, and who it is.
func (p *SAMLProvider) signers() (certificates []*x509.Certificate, entity string) {
	var d struct {
		Entity string   `xml:"entityID,attr"`
		Keys   []string `xml:"IDPSSODescriptor>KeyDescriptor>KeyInfo>X509Data>X509Certificate"`
	}
	if xml.Unmarshal([]byte(p.metadata), &d) != nil {
		return nil, "" // a description made in Go is empty
	}
	for _, text := range d.Keys {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			continue
		}
		if cert, err := x509.ParseCertificate(der); err == nil {
			certificates = append(certificates, cert)
		}
	}
	return certificates, d.Entity
}

// attribute returns an attribute's first value.
func (a *assertion) attribute(name string) string {
	if v := a.attributes[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// offers reports whether the assertion offers a role with a provider: both ARNs,
// in any order.
func (a *assertion) offers(role, provider string) bool {
	for _, pair := range a.attributes[attributeOf+"Role"] {
		one, other, _ := strings.Cut(pair, ",")
		one, other = strings.TrimSpace(one), strings.TrimSpace(other)
		if one == role && other == provider || one == provider && other == role {
			return true
		}
	}
	return false
}

// tagAttributes begins the names of the attributes with the session's tags.
const tagAttributes = attributeOf + "PrincipalTag:"

// principalTags returns the values of the session's tags.
func (a *assertion) principalTags() map[string][]string {
	tags := make(map[string][]string)
	for name, values := range a.attributes {
		if key, ok := strings.CutPrefix(name, tagAttributes); ok {
			tags[key] = values
		}
	}
	return tags
}

// tags returns the session's tags, in the order of their keys.
func (a *assertion) tags() []types.Tag {
	var tags []types.Tag
	for _, key := range slices.Sorted(maps.Keys(a.principalTags())) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(a.attribute(tagAttributes + key))})
	}
	return tags
}

// subjectType returns the format of the subject's name, short where SAML 2.0
// defines it.
func (a *assertion) subjectType() string {
	return strings.TrimPrefix(a.NameID.Format, "urn:oasis:names:tc:SAML:2.0:nameid-format:")
}
