package awssim

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// certificateHandlers returns the operations on signing certificates and what
// else signs in for a user.
func certificateHandlers() map[string]Handler {
	return map[string]Handler{
		"DeleteSigningCertificate":       doing[iam.DeleteSigningCertificateOutput](deleteSigningCertificate),
		"ListSSHPublicKeys":              readHandler(listSSHPublicKeys),
		"ListServiceSpecificCredentials": readHandler(listServiceSpecificCredentials),
		"ListSigningCertificates":        readHandler(listSigningCertificates),
		"UpdateSigningCertificate":       doing[iam.UpdateSigningCertificateOutput](updateSigningCertificate),
		"UploadSigningCertificate":       writeHandler(uploadSigningCertificate),
	}
}

// certificate is an X.509 certificate with which a user signs requests of older APIs.
type certificate struct {
	id, body string
	uploaded time.Time
	inactive bool
}

func (s *certificate) age() string { return s.uploaded.Format(sortable) + s.id }

func (u *User) signingCertificate(s *certificate) types.SigningCertificate {
	return types.SigningCertificate{
		CertificateId: aws.String(s.id), CertificateBody: aws.String(s.body), UploadDate: iamTime(s.uploaded),
		Status: activity(s.inactive), UserName: aws.String(u.Name),
	}
}

// certificateOf finds a certificate of a user, named or the caller.
func (c *Call) certificateOf(user, id *string) (*User, *certificate, error) {
	u, err := c.userOrSelf(user)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range u.certificates {
		if s.id == *id {
			return u, s, nil
		}
	}
	return nil, nil, noSuchEntity("The Certificate with id %s cannot be found.", *id)
}

// uploadSigningCertificate follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html
func uploadSigningCertificate(c *Call, in *iam.UploadSigningCertificateInput) (*iam.UploadSigningCertificateOutput, error) {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(*in.CertificateBody))
	if block == nil {
		return nil, Errorf("MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.")
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return nil, Errorf("InvalidCertificate", "The certificate is not a valid X.509 certificate.")
	}
	if slices.ContainsFunc(u.certificates, func(s *certificate) bool { return s.body == *in.CertificateBody }) {
		return nil, Errorf("DuplicateCertificate", "The certificate already exists.")
	}
	if err := within("CertificatesPerUser", len(u.certificates)+1, maxCertificates); err != nil {
		return nil, err
	}
	s := &certificate{id: randomFrom(base32Letters, 32), body: *in.CertificateBody, uploaded: c.Now()}
	u.certificates = append(u.certificates, s)
	out := u.signingCertificate(s)
	return &iam.UploadSigningCertificateOutput{Certificate: &out}, nil
}

// listSigningCertificates follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html
func listSigningCertificates(c *Call, in *iam.ListSigningCertificatesInput) (*iam.ListSigningCertificatesOutput, error) {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(u.certificates, in.Marker, in.MaxItems, (*certificate).age)
	return &iam.ListSigningCertificatesOutput{Certificates: Each(page, u.signingCertificate), IsTruncated: next != nil, Marker: next}, nil
}

// updateSigningCertificate follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSigningCertificate.html
func updateSigningCertificate(c *Call, in *iam.UpdateSigningCertificateInput) error {
	_, s, err := c.certificateOf(in.UserName, in.CertificateId)
	if err != nil {
		return err
	}
	return setInactive(&s.inactive, in.Status)
}

// deleteSigningCertificate follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSigningCertificate.html
func deleteSigningCertificate(c *Call, in *iam.DeleteSigningCertificateInput) error {
	u, s, err := c.certificateOf(in.UserName, in.CertificateId)
	if err != nil {
		return err
	}
	u.certificates = slices.DeleteFunc(u.certificates, func(other *certificate) bool { return other == s })
	return nil
}
