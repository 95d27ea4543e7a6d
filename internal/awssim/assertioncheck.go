package awssim

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/beevik/etree"

	"github.com/hawser/hawser/internal/arn"
)

// badIdentity is the answer to an assertion or a token that STS does not take.
func badIdentity(format string, args ...any) *Error {
	return Errorf("InvalidIdentityToken", format, args...)
}

// succeeded refuses a response in which the identity provider reports that it did not
// authenticate the user.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html#API_AssumeRoleWithSAML_Errors
func succeeded(root *etree.Element) error {
	if root.Tag != "Response" {
		return nil
	}
	code := root.FindElement("./Status/StatusCode")
	switch {
	case code == nil:
		return badIdentity("Invalid SAML response")
	case code.SelectAttrValue("Value", "") != "urn:oasis:names:tc:SAML:2.0:status:Success":
		return &Error{
			Code: "IDPRejectedClaim", Status: http.StatusForbidden,
			Message: "The identity provider (IdP) reported that authentication failed. This might be because the claim is invalid.",
		}
	}
	return nil
}

// check refuses an assertion that is not by the provider, not for AWS, or not for now. AWS
// publishes its texts for the issuer, the audience, and an assertion that is late.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
func (a *assertion) check(p *SAMLProvider, entity string, now time.Time) error {
	place := signInOf(p)
	switch {
	case a.Issuer != entity:
		return badIdentity("Issuer not present in specified provider")
	case a.NameID.Value == "":
		return badIdentity("NameID is required in AuthnResponse")
	case len(a.Confirmations) != 1:
		return badIdentity("AuthnResponse must have exactly one SubjectConfirmation")
	}
	switch data := a.Confirmations[0].Data; {
	case !place.endpoint(data.Recipient):
		return badIdentity("Recipient in AuthnResponse must be the AWS sign-in endpoint")
	case data.End.IsZero():
		return badIdentity("NotOnOrAfter is required in SubjectConfirmationData")
	case !slices.ContainsFunc(a.Conditions.Audiences, place.audience):
		return badIdentity("Response does not contain the required audience.")
	case now.Before(a.Conditions.Begin):
		return badIdentity("AuthnResponse is not valid before %s", a.Conditions.Begin.UTC().Format(time.RFC3339))
	case !now.Before(data.End), !a.Conditions.End.IsZero() && !now.Before(a.Conditions.End):
		return Errorf("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
	case len(a.attributes[attributeOf+"Role"]) == 0:
		return badIdentity("Role is required in AuthnResponse")
	}
	return nil
}

// recipient is the endpoint of AWS that the assertion was made for.
func (a *assertion) recipient() string { return a.Confirmations[0].Data.Recipient }

// signIn is where a partition takes SAML responses, and its name as an audience.
//
// https://docs.aws.amazon.com/general/latest/gr/signin-service.html
type signIn struct {
	host, name string
	provider   string // its unique ID, which an endpoint may have at its end
}

func signInOf(p *SAMLProvider) signIn {
	named, _ := arn.Parse(p.ARN)
	switch named.Partition {
	case "aws-cn":
		return signIn{"signin.amazonaws.cn", "urn:amazon:webservices:cn-north-1", p.id}
	case "aws-us-gov":
		return signIn{"signin.amazonaws-us-gov.com", "urn:amazon:webservices:govcloud", p.id}
	}
	return signIn{"signin.aws.amazon.com", "urn:amazon:webservices", p.id}
}

// endpoint reports whether a URL is the one endpoint or that of a region, with the
// provider's ID or without.
func (s signIn) endpoint(url string) bool {
	ok, _ := regexp.MatchString(`^https://([a-z0-9-]+\.)?`+regexp.QuoteMeta(s.host)+`/saml(/acs/`+regexp.QuoteMeta(s.provider)+`)?$`, url)
	return ok
}

func (s signIn) audience(text string) bool { return text == s.name || s.endpoint(text) }
