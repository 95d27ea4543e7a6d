package awssim

import "github.com/hawser/hawser/internal/access/reference"

// sessionKeys are the condition keys of an assertion that requests by its session have
// too. All others are only for the role's trust policy.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#cross-condition-keys-saml
func (a *assertion) sessionKeys(qualifier string) reference.Context {
	return reference.Context{
		"saml:sub": {a.NameID.Value}, "saml:sub_type": {a.subjectType()}, "saml:namequalifier": {qualifier},
	}
}

// attributeKeys adds the condition keys that attributes fill. Of several attributes for
// one key the first in the list counts.
func (a *assertion) attributeKeys(ctx reference.Context) {
	for _, one := range samlKeys() {
		if values := a.attributes[one.attribute]; len(values) > 0 && ctx[one.key] == nil {
			ctx[one.key] = values
		}
	}
}

type samlKey struct{ attribute, key string }

// samlKeys are condition keys with the attributes that fill them.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml-attribute-mapping
func samlKeys() []samlKey {
	const (
		person   = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
		org      = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
		claims   = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
		pilot    = "0.9.2342.19200300.100.1."
		asInDocs = "0.9.2342.19200300100.1." // AWS's page leaves out a dot
	)
	return []samlKey{
		{person + "1", "saml:edupersonaffiliation"},
		{person + "2", "saml:edupersonnickname"},
		{person + "3", "saml:edupersonorgdn"},
		{person + "4", "saml:edupersonorgunitdn"},
		{person + "5", "saml:edupersonprimaryaffiliation"},
		{person + "6", "saml:edupersonprincipalname"},
		{person + "7", "saml:edupersonentitlement"},
		{person + "8", "saml:edupersonprimaryorgunitdn"},
		{person + "9", "saml:edupersonscopedaffiliation"},
		{person + "10", "saml:edupersontargetedid"},
		{person + "11", "saml:edupersonassurance"},
		{org + "2", "saml:eduorghomepageuri"},
		{org + "3", "saml:eduorgidentityauthnpolicyuri"},
		{org + "4", "saml:eduorglegalname"},
		{org + "5", "saml:eduorgsuperioruri"},
		{org + "6", "saml:eduorgwhitepagesuri"},
		{"urn:oid:2.5.4.3", "saml:cn"},
		{claims + "name", "saml:name"},
		{"http://schemas.xmlsoap.org/claims/CommonName", "saml:commonname"},
		{claims + "givenname", "saml:givenname"},
		{claims + "surname", "saml:surname"},
		{claims + "emailaddress", "saml:mail"},
		{"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "saml:uid"},
		{"2.5.4.3", "saml:commonname"},
		{"2.5.4.4", "saml:surname"},
		{"2.4.5.42", "saml:givenname"},
		{"2.5.4.45", "saml:x500uniqueidentifier"},
		{asInDocs + "1", "saml:uid"},
		{asInDocs + "3", "saml:mail"},
		{pilot + "45", "saml:organizationstatus"},
		{"urn:oid:" + pilot + "1", "saml:uid"},
		{"urn:oid:" + pilot + "3", "saml:mail"},
	}
}
