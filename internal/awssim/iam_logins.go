package awssim

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// loginHandlers returns the operations on login profiles.
func loginHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateLoginProfile": writeHandler(createLoginProfile),
		"DeleteLoginProfile": doing[iam.DeleteLoginProfileOutput](deleteLoginProfile),
		"GetLoginProfile":    readHandler(getLoginProfile),
		"UpdateLoginProfile": doing[iam.UpdateLoginProfileOutput](updateLoginProfile),
	}
}

// LoginProfile is a user's password for the console, which is not kept itself.
type LoginProfile struct {
	Created, Used time.Time // Used is zero for never
	Changed       time.Time // zero for never since
	// Reset is set where the user has to choose a new one.
	Reset bool
}

// SetLogin returns the user a password, which was used last at a time; zero means
// never.
func (u *User) SetLogin(created, used time.Time) {
	u.account.world.mu.Lock()
	defer u.account.world.mu.Unlock()
	u.login = &LoginProfile{Created: created, Used: used}
}

// since is from when the password is.
func (l *LoginProfile) since() time.Time {
	if l.Changed.IsZero() {
		return l.Created
	}
	return l.Changed
}

// loginOf finds a user, named or the caller, who has a password.
func (c *Call) loginOf(name *string) (*User, error) {
	u, err := c.userOrSelf(name)
	if err == nil && u.login == nil {
		err = noSuchEntity("Login Profile for User %s cannot be found.", u.Name)
	}
	return u, err
}

func (u *User) loginProfile() *types.LoginProfile {
	return &types.LoginProfile{UserName: aws.String(u.Name), CreateDate: iamTime(u.login.Created), PasswordResetRequired: u.login.Reset}
}

// createLoginProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
func createLoginProfile(c *Call, in *iam.CreateLoginProfileInput) (*iam.CreateLoginProfileOutput, error) {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	if u.login != nil {
		return nil, Errorf("EntityAlreadyExists", "Login Profile for user %s already exists.", u.Name)
	}
	if err := c.Account.allows(u, aws.ToString(in.Password)); err != nil {
		return nil, err
	}
	u.login = &LoginProfile{Created: c.Now(), Reset: in.PasswordResetRequired}
	return &iam.CreateLoginProfileOutput{LoginProfile: u.loginProfile()}, nil
}

// getLoginProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html
func getLoginProfile(c *Call, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
	u, err := c.loginOf(in.UserName)
	if err != nil {
		return nil, err
	}
	return &iam.GetLoginProfileOutput{LoginProfile: u.loginProfile()}, nil
}

// updateLoginProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html
func updateLoginProfile(c *Call, in *iam.UpdateLoginProfileInput) error {
	u, err := c.loginOf(in.UserName)
	if err != nil {
		return err
	}
	if in.Password != nil {
		if err := c.Account.allows(u, *in.Password); err != nil {
			return err
		}
		u.login.Changed = c.Now()
	}
	if in.PasswordResetRequired != nil {
		u.login.Reset = *in.PasswordResetRequired
	}
	return nil
}

// deleteLoginProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html
func deleteLoginProfile(c *Call, in *iam.DeleteLoginProfileInput) error {
	u, err := c.loginOf(in.UserName)
	if err != nil {
		return err
	}
	u.login = nil
	return nil
}
