package snapshot

import (
	"cmp"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Kind is the type of a thing in the picture, such as "iam.user".
type Kind string

// The kinds, with what their keys are.
const (
	Organization Kind = "org.organization" // ARN
	Unit         Kind = "org.unit"         // ARN; roots too
	Account      Kind = "org.account"      // twelve digits
	OrgPolicy    Kind = "org.policy"       // ARN; SCPs and RCPs

	User            Kind = "iam.user"             // ARN
	Group           Kind = "iam.group"            // ARN
	Role            Kind = "iam.role"             // ARN
	Policy          Kind = "iam.policy"           // ARN; managed ones
	InlinePolicy    Kind = "iam.inline-policy"    // owner's ARN, '#', name
	InstanceProfile Kind = "iam.instance-profile" // ARN
	SAMLProvider    Kind = "iam.saml-provider"    // ARN
	OIDCProvider    Kind = "iam.oidc-provider"    // ARN
	AccessKey       Kind = "iam.access-key"       // the key's ID, or user's ARN, '#', slot where the ID was not read
	MFADevice       Kind = "iam.mfa-device"       // serial number
	SSHKey          Kind = "iam.ssh-public-key"   // its ID
	Root            Kind = "iam.root"             // ARN of the account's root user

	ServiceCredential Kind = "iam.service-specific-credential" // its ID

	Instance      Kind = "sso.instance"       // ARN
	SSOUser       Kind = "sso.user"           // identity store's ID, '/', user's ID
	SSOGroup      Kind = "sso.group"          // identity store's ID, '/', group's ID
	PermissionSet Kind = "sso.permission-set" // ARN
	AccountRole   Kind = "sso.account-role"   // permission set's ARN, '@', account
	Application   Kind = "sso.application"    // ARN
	TokenIssuer   Kind = "sso.token-issuer"   // ARN

	Federated Kind = "federated.user" // provider's ARN, '#', the claims it must bear
	Service   Kind = "aws.service"    // principal, such as lambda.amazonaws.com
	External  Kind = "aws.principal"  // what a trust policy names that nothing else knows: an ARN, an account's root, '*'
	Person    Kind = "person"         // email or user name, in lower case
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{
		Organization, Unit, Account, OrgPolicy,
		User, Group, Role, Policy, InlinePolicy, InstanceProfile, SAMLProvider, OIDCProvider, AccessKey, MFADevice, SSHKey, ServiceCredential, Root,
		Instance, SSOUser, SSOGroup, PermissionSet, AccountRole, Application, TokenIssuer,
		Federated, Service, External, Person,
	}
}

// ID names an entity.
type ID struct {
	Kind Kind   `json:"kind"`
	Key  string `json:"key"`
}

// String gives "iam.user:arn:aws:iam::111122223333:user/ada".
func (id ID) String() string { return string(id.Kind) + ":" + id.Key }

// ParseID is the inverse of String. The error is Invalid.
func ParseID(text string) (ID, error) {
	kind, key, ok := strings.Cut(text, ":")
	if !ok || kind == "" || key == "" {
		return ID{}, fault.New(fault.Invalid, "%q is no entity", text).WithFix("write KIND:KEY, such as iam.user:arn:aws:iam::111122223333:user/ada")
	}
	return ID{Kind(kind), key}, nil
}

// Compare orders IDs by kind, then key.
func (id ID) Compare(o ID) int {
	return cmp.Or(cmp.Compare(id.Kind, o.Kind), cmp.Compare(id.Key, o.Key))
}
