package awssim

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// MFADevice is a user's second factor: a virtual device, or one of hardware,
// such as a security key.
type MFADevice struct {
	Serial   string
	Enabled  time.Time
	Hardware bool
	Tags     map[string]string
}

// SSHKey is a public key with which a user reaches CodeCommit.
type SSHKey struct {
	ID       string
	Uploaded time.Time
	Inactive bool
}

// ServiceCredential is a user's password or API key for one service.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html
type ServiceCredential struct {
	ID, Service, Alias string
	Created, Expires   time.Time // Expires is zero for never
	Inactive           bool
}

// AddMFA gives the user a virtual device.
func (u *User) AddMFA() *MFADevice {
	return u.addMFA(&MFADevice{Serial: u.account.ARN("iam", "", "mfa/"+u.Name)})
}

// AddSecurityKey gives the user a device of hardware.
func (u *User) AddSecurityKey(name string) *MFADevice {
	return u.addMFA(&MFADevice{Serial: u.account.ARN("iam", "", "u2f/user/"+u.Name+"/"+name+"-"+UniqueID("")), Hardware: true})
}

func (u *User) addMFA(m *MFADevice) *MFADevice {
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	m.Enabled = w.Clock.Now()
	u.mfa = append(u.mfa, m)
	return m
}

// AddSSHKey uploads a public key for the user.
func (u *User) AddSSHKey() *SSHKey {
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	k := &SSHKey{ID: UniqueID("APKA"), Uploaded: w.Clock.Now()}
	u.ssh = append(u.ssh, k)
	return k
}

// AddServiceCredential gives the user a credential for a service, such as
// "bedrock.amazonaws.com", that ends at a time; zero is never.
func (u *User) AddServiceCredential(service string, expires time.Time) *ServiceCredential {
	w := u.account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &ServiceCredential{
		ID: UniqueID("ACCA"), Service: service, Alias: u.Name + "-at-" + u.account.ID, Created: w.Clock.Now(), Expires: expires,
	}
	u.services = append(u.services, s)
	return s
}

// listSSHPublicKeys follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
func listSSHPublicKeys(c *Call, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(u.ssh, in.Marker, in.MaxItems, func(k *SSHKey) string { return k.ID })
	return &iam.ListSSHPublicKeysOutput{IsTruncated: next != nil, Marker: next, SSHPublicKeys: Each(page, func(k *SSHKey) types.SSHPublicKeyMetadata {
		return types.SSHPublicKeyMetadata{
			SSHPublicKeyId: aws.String(k.ID), UploadDate: iamTime(k.Uploaded), UserName: aws.String(u.Name), Status: activity(k.Inactive),
		}
	})}, nil
}

// listServiceSpecificCredentials follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
func listServiceSpecificCredentials(c *Call, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
	users := InOrder(c.Account.users)
	switch {
	case aws.ToBool(in.AllUsers) && in.UserName != nil:
		return nil, invalid("AllUsers and UserName cannot be specified together")
	case !aws.ToBool(in.AllUsers):
		u, err := c.userOrSelf(in.UserName)
		if err != nil {
			return nil, err
		}
		users = []*User{u}
	}
	now := c.Now()
	all := []types.ServiceSpecificCredentialMetadata{}
	for _, u := range users {
		for _, s := range u.services {
			if in.ServiceName == nil || *in.ServiceName == s.Service {
				all = append(all, s.metadata(u.Name, now))
			}
		}
	}
	page, next := pageBy(all, in.Marker, in.MaxItems, func(m types.ServiceSpecificCredentialMetadata) string {
		return *m.UserName + " " + *m.ServiceSpecificCredentialId
	})
	return &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: page, IsTruncated: next != nil, Marker: next}, nil
}

func (s *ServiceCredential) metadata(user string, now time.Time) types.ServiceSpecificCredentialMetadata {
	m := types.ServiceSpecificCredentialMetadata{
		ServiceSpecificCredentialId: aws.String(s.ID), ServiceName: aws.String(s.Service), UserName: aws.String(user),
		CreateDate: iamTime(s.Created), Status: activity(s.Inactive),
	}
	if s.Expires.IsZero() {
		m.ServiceUserName = aws.String(s.Alias)
		return m
	}
	m.ServiceCredentialAlias, m.ExpirationDate = aws.String(s.Alias), iamTime(s.Expires)
	if s.Expires.Before(now) {
		m.Status = types.StatusTypeExpired
	}
	return m
}

// activity is how IAM spells a credential's status.
func activity(inactive bool) types.StatusType {
	if inactive {
		return types.StatusTypeInactive
	}
	return types.StatusTypeActive
}

// setInactive gives a credential the status that is asked for.
func setInactive(inactive *bool, status types.StatusType) error {
	*inactive = status == types.StatusTypeInactive
	return nil
}

// devicesInUse counts the users' devices of an account.
func (a *Account) devicesInUse() (n int32) {
	for _, u := range a.users {
		n += int32(len(u.mfa))
	}
	return n
}

// virtual are a user's virtual devices.
func (u *User) virtual() []*MFADevice {
	return slices.DeleteFunc(slices.Clone(u.mfa), func(m *MFADevice) bool { return m.Hardware })
}
