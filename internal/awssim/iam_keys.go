package awssim

import (
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// keyHandlers returns the operations on access keys.
func keyHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateAccessKey":      writeHandler(createAccessKey),
		"DeleteAccessKey":      doing[iam.DeleteAccessKeyOutput](deleteAccessKey),
		"GetAccessKeyLastUsed": readHandler(getAccessKeyLastUsed),
		"ListAccessKeys":       readHandler(listAccessKeys),
		"UpdateAccessKey":      doing[iam.UpdateAccessKeyOutput](updateAccessKey),
	}
}

// Age sets when a key was created and last used, for keys that are older than the
// World.
func (c *Credential) Age(created time.Time, used KeyUse) {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Created, c.Used = created, used
}

// Deactivate makes a key inactive without deleting it.
func (c *Credential) Deactivate() {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Inactive = true
}

// roleUseEvery is how often AWS records the use of a role. The use of a key is
// recorded each time.
const roleUseEvery = 4 * time.Hour

// used records the use of a key, and of the role of its session. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
func (w *World) used(cred *Credential, c *Call) {
	use := KeyUse{At: w.Clock.Now(), Region: c.EndpointRegion(), Service: c.Service.Prefix}
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.keys[cred.AccessKeyID]; k != nil {
		k.Used = use
	}
	if r := cred.Principal.Role; r != nil && use.At.Sub(r.LastUsed.At) >= w.Clock.Scaled(roleUseEvery) {
		r.LastUsed = use
	}
}

// bearer is whose keys a request is about: a user's, or the root user's, who
// has no name.
type bearer struct {
	name *string
	keys *[]*Credential
	user *User // nil for root
}

// bearer finds whose keys a request is about: those of the user that it names,
// or the caller's.
func (c *Call) bearer(name *string) (b bearer, err error) {
	if name == nil && c.Principal.User == nil && c.Principal.Role == nil {
		return bearer{keys: &c.Account.rootKeys}, nil
	}
	u, err := c.userOrSelf(name)
	if err != nil {
		return b, err
	}
	return bearer{aws.String(u.Name), &u.keys, u}, nil
}

// key finds one of the keys.
func (b bearer) key(id *string) (*Credential, error) {
	for _, k := range *b.keys {
		if k.AccessKeyID == *id {
			return k, nil
		}
	}
	return nil, noSuchEntity("The Access Key with id %s cannot be found.", *id)
}

// createAccessKey follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
func createAccessKey(c *Call, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	b, err := c.bearer(in.UserName)
	if err != nil {
		return nil, err
	}
	if err := within("AccessKeysPerUser", len(*b.keys)+1, maxKeys); err != nil {
		return nil, err
	}
	p := c.Account.root()
	if b.user != nil {
		p = b.user.principal()
	}
	k := c.World.longLived(p)
	k.known = c.World.knownFrom()
	*b.keys = append(*b.keys, k)
	return &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
		AccessKeyId: aws.String(k.AccessKeyID), SecretAccessKey: aws.String(k.SecretAccessKey), CreateDate: iamTime(k.Created),
		Status: types.StatusTypeActive, UserName: b.name,
	}}, nil
}

// updateAccessKey follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
func updateAccessKey(c *Call, in *iam.UpdateAccessKeyInput) error {
	b, err := c.bearer(in.UserName)
	if err != nil {
		return err
	}
	k, err := b.key(in.AccessKeyId)
	if err != nil {
		return err
	}
	return setInactive(&k.Inactive, in.Status)
}

// deleteAccessKey follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
func deleteAccessKey(c *Call, in *iam.DeleteAccessKeyInput) error {
	b, err := c.bearer(in.UserName)
	if err != nil {
		return err
	}
	k, err := b.key(in.AccessKeyId)
	if err != nil {
		return err
	}
	*b.keys = slices.DeleteFunc(*b.keys, func(other *Credential) bool { return other == k })
	delete(c.World.keys, k.AccessKeyID)
	return nil
}

// listAccessKeys follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
func listAccessKeys(c *Call, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	b, err := c.bearer(in.UserName)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(*b.keys, in.Marker, in.MaxItems, (*Credential).age)
	return &iam.ListAccessKeysOutput{IsTruncated: next != nil, Marker: next, AccessKeyMetadata: Each(page, func(k *Credential) types.AccessKeyMetadata {
		return types.AccessKeyMetadata{
			AccessKeyId: aws.String(k.AccessKeyID), CreateDate: iamTime(k.Created), Status: activity(k.Inactive), UserName: b.name,
		}
	})}, nil
}

// sortable is a form of times that sorts as they do.
const sortable = "2006-01-02T15:04:05.000000000Z"

// age puts the older key first.
func (c *Credential) age() string {
	return c.Created.Format(sortable) + c.AccessKeyID
}

// getAccessKeyLastUsed follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
func getAccessKeyLastUsed(c *Call, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	k := c.World.keys[*in.AccessKeyId]
	if k == nil || k.Principal.Account != c.Account || k.SessionToken != "" {
		return nil, &Error{
			Code: "AccessDenied", Status: http.StatusForbidden,
			Message: "User: " + c.Principal.ARN + " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: *",
		}
	}
	out := &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: &types.AccessKeyLastUsed{Region: aws.String("N/A"), ServiceName: aws.String("N/A")}}
	if k.Principal.User != nil {
		out.UserName = aws.String(k.Principal.User.Name)
	}
	if !k.Used.At.IsZero() {
		out.AccessKeyLastUsed = &types.AccessKeyLastUsed{LastUsedDate: iamTime(k.Used.At), Region: aws.String(k.Used.Region), ServiceName: aws.String(k.Used.Service)}
	}
	return out, nil
}
