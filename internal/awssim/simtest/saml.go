package simtest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// IdentityProvider signs SAML assertions.
type IdentityProvider struct {
	// Metadata is its description, as CreateSAMLProvider takes it.
	Metadata string
	keys     dsig.X509KeyStore
}

// IdentityProviderID is who it is.
const IdentityProviderID = "https://idp.example.com"

// NewIdentityProvider makes one with a key of its own.
func NewIdentityProvider(t testing.TB) *IdentityProvider {
	t.Helper()
	keys := dsig.RandomKeyStoreForTest()
	_, cert, err := keys.GetKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return &IdentityProvider{keys: keys, Metadata: fmt.Sprintf(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID=%q><IDPSSODescriptor `+
		`protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">`+
		`<X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor><!-- %s --></EntityDescriptor>`,
		IdentityProviderID, base64.StdEncoding.EncodeToString(cert), strings.Repeat("-shorter than 1,000 letters IAM refuses it", 10))}
}

// SAMLSuccess is the status of a response whose user was authenticated.
const SAMLSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"

// Respond makes a response with a signed assertion about ada, who is to be taken
// until end; the attributes are those below https://aws.amazon.com/SAML/Attributes/.
func (p *IdentityProvider) Respond(t testing.TB, issuer string, end time.Time, attributes map[string]string) string {
	t.Helper()
	return p.Sign(t, SAMLSuccess, Assertion(issuer, end, attributes))
}

// Assertion is the text of an assertion that is not signed.
func Assertion(issuer string, end time.Time, attributes map[string]string) string {
	var list strings.Builder
	for name, value := range attributes {
		fmt.Fprintf(&list, `<Attribute Name="https://aws.amazon.com/SAML/Attributes/%s"><AttributeValue>%s</AttributeValue></Attribute>`, name, value)
	}
	return fmt.Sprintf(`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0"><Issuer>%s</Issuer>`+
		`<Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">ada</NameID>`+
		`<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData NotOnOrAfter=%q Recipient="https://signin.aws.amazon.com/saml"/>`+
		`</SubjectConfirmation></Subject><Conditions><AudienceRestriction><Audience>urn:amazon:webservices</Audience></AudienceRestriction></Conditions>`+
		`<AttributeStatement>%s</AttributeStatement></Assertion>`, issuer, end.UTC().Format(time.RFC3339), list.String())
}

// Sign makes a response with a status, and with an assertion that it signs.
func (p *IdentityProvider) Sign(t testing.TB, status, assertion string) string {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(assertion); err != nil {
		t.Fatal(err)
	}
	signed, err := dsig.NewDefaultSigningContext(p.keys).SignEnveloped(doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	response := etree.NewDocument()
	root := response.CreateElement("samlp:Response")
	root.CreateAttr("xmlns:samlp", "urn:oasis:names:tc:SAML:2.0:protocol")
	root.CreateAttr("ID", "_r1")
	if status != "" {
		root.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", status)
	}
	root.AddChild(signed)
	raw, err := response.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}
