// Package sso simulates the access portal of IAM Identity Center, where people
// sign in for credentials.
package sso

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/hawser/hawser/internal/awssim"
)

// sessions are the World's, by access token.
type sessions struct {
	mu      sync.RWMutex
	byToken map[string]*Session
}

// Start implements Starter.
func (st *sessions) Start(*awssim.World, string, string) { st.byToken = make(map[string]*Session) }

func sessionsOf(w *awssim.World) *sessions { return awssim.StateOf[sessions](w, "", "") }

// Session is a person's sign-in at Identity Center's access portal, as
// `aws sso login` leaves it in a cache file.
type Session struct {
	AccessToken, RefreshToken string
	Expires                   time.Time

	all    *sessions
	clock  *awssim.Clock
	length time.Duration
	user   string
	roles  map[roleIn]*awssim.Role
}

type roleIn struct{ account, name string }

// NewSession signs a user in for d.
func NewSession(w *awssim.World, user string, d time.Duration) *Session {
	s := &Session{
		RefreshToken: "aor" + awssim.RandomText(40), all: sessionsOf(w), clock: &w.Clock,
		length: d, user: user, roles: make(map[roleIn]*awssim.Role),
	}
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.renew()
	return s
}

// renew gives the session a new access token. The sessions are locked.
func (s *Session) renew() {
	delete(s.all.byToken, s.AccessToken)
	s.AccessToken = "aoa" + awssim.RandomText(40)
	s.Expires = s.clock.Now().Add(s.clock.Scaled(s.length))
	s.all.byToken[s.AccessToken] = s
}

// Grant lets the session have a role's credentials under a permission set's
// name.
func (s *Session) Grant(permissionSet string, r *awssim.Role) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.roles[roleIn{r.Account().ID, permissionSet}] = r
}

// Portal is Identity Center's access portal.
func Portal(*awssim.World) *awssim.Service {
	return &awssim.Service{Model: "sso", Prefix: "sso-portal", Handlers: map[string]awssim.Handler{
		"GetRoleCredentials": awssim.Op(getRoleCredentials),
		"ListAccounts":       awssim.Op(listAccounts),
		"ListAccountRoles":   awssim.Op(listAccountRoles),
	}}
}

// OIDC is the service that gives the portal's tokens.
func OIDC(*awssim.World) *awssim.Service {
	return &awssim.Service{Model: "sso-oidc", Prefix: "sso-oauth", Handlers: map[string]awssim.Handler{"CreateToken": awssim.Op(createToken)}}
}

// sessionOf finds the session of a token that has not ended.
func sessionOf(c *awssim.Call, token *string) (*Session, error) {
	st := sessionsOf(c.World)
	st.mu.RLock()
	defer st.mu.RUnlock()
	s := st.byToken[aws.ToString(token)]
	if s == nil || !c.Now().Before(s.Expires) {
		return nil, awssim.Errorf("UnauthorizedException", "Session token not found or invalid")
	}
	return s, nil
}

func getRoleCredentials(c *awssim.Call, in *sso.GetRoleCredentialsInput) (*sso.GetRoleCredentialsOutput, error) {
	s, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	s.all.mu.RLock()
	role := s.roles[roleIn{aws.ToString(in.AccountId), aws.ToString(in.RoleName)}]
	s.all.mu.RUnlock()
	if role == nil {
		return nil, &awssim.Error{Code: "ForbiddenException", Message: "No access", Status: http.StatusForbidden}
	}
	cred := role.NewSession(s.user, time.Hour)
	return &sso.GetRoleCredentialsOutput{RoleCredentials: &ssotypes.RoleCredentials{
		AccessKeyId: aws.String(cred.AccessKeyID), SecretAccessKey: aws.String(cred.SecretAccessKey),
		SessionToken: aws.String(cred.SessionToken), Expiration: cred.Expires.UnixMilli(),
	}}, nil
}

func listAccounts(c *awssim.Call, in *sso.ListAccountsInput) (*sso.ListAccountsOutput, error) {
	s, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &sso.ListAccountsOutput{AccountList: []ssotypes.AccountInfo{}}
	for _, a := range c.World.Accounts() {
		if len(s.rolesIn(a.ID)) > 0 {
			out.AccountList = append(out.AccountList, ssotypes.AccountInfo{AccountId: aws.String(a.ID), AccountName: aws.String(a.Name)})
		}
	}
	return out, nil
}

func listAccountRoles(c *awssim.Call, in *sso.ListAccountRolesInput) (*sso.ListAccountRolesOutput, error) {
	s, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &sso.ListAccountRolesOutput{RoleList: []ssotypes.RoleInfo{}}
	for _, name := range s.rolesIn(aws.ToString(in.AccountId)) {
		out.RoleList = append(out.RoleList, ssotypes.RoleInfo{AccountId: in.AccountId, RoleName: aws.String(name)})
	}
	return out, nil
}

// rolesIn gives the names that the session may use in an account.
func (s *Session) rolesIn(account string) []string {
	s.all.mu.RLock()
	defer s.all.mu.RUnlock()
	var names []string
	for r := range s.roles {
		if r.account == account {
			names = append(names, r.name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}

// createToken renews a session by its refresh token.
func createToken(c *awssim.Call, in *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
	if aws.ToString(in.GrantType) != "refresh_token" {
		return nil, awssim.Errorf("UnsupportedGrantTypeException", "The simulator grants by refresh_token only")
	}
	st := sessionsOf(c.World)
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, s := range st.byToken {
		if s.RefreshToken == aws.ToString(in.RefreshToken) {
			s.renew()
			return &ssooidc.CreateTokenOutput{
				AccessToken: aws.String(s.AccessToken), RefreshToken: in.RefreshToken, TokenType: aws.String("Bearer"),
				ExpiresIn: int32(s.Expires.Sub(c.Now()).Seconds()),
			}, nil
		}
	}
	return nil, awssim.Errorf("InvalidGrantException", "Invalid refresh token provided")
}
