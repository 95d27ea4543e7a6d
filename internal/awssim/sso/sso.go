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

	"github.com/hawser/hawser/internal/awssim"
)

// sessions are the World's, and what leads to them.
type sessions struct {
	world *awssim.World

	mu          sync.RWMutex
	byToken     map[string]*Session // by access token
	clients     map[string]*client
	devices     map[string]*device // by device code
	codes       map[string]*code
	directories []Directory
	browser     string // who is signed in there
}

// Start implements Starter.
func (st *sessions) Start(w *awssim.World, _, _ string) {
	st.world = w
	st.byToken, st.clients = make(map[string]*Session), make(map[string]*client)
	st.devices, st.codes = make(map[string]*device), make(map[string]*code)
}

func sessionsOf(w *awssim.World) *sessions { return awssim.StateOf[sessions](w, "", "") }

// Session is a person's sign-in at Identity Center's access portal, as
// `aws sso login` leaves it in a cache file.
type Session struct {
	AccessToken, RefreshToken string
	Expires                   time.Time

	all       *sessions
	clock     *awssim.Clock
	length    time.Duration
	user      string
	roles     held
	assigned  func() ([]Assigned, bool) // nil for what was granted; see Follow
	client    *client                   // nil for one that Go made
	signedOut time.Time                 // when a client's session can't be renewed any more
	id        string
	person    *awssim.External // nil for one who is in no directory
}

type roleIn struct{ account, name string }

// held are the roles that a session may use.
type held map[roleIn]*awssim.Role

// NewSession signs a user in for d.
func NewSession(w *awssim.World, user string, d time.Duration) *Session {
	s := NewPerson(w, user)
	s.RefreshToken, s.length = "aor"+awssim.RandomText(40), d
	s.Begin()
	return s
}

// NewPerson is a session of a user that has no token yet, for a Directory.
func NewPerson(w *awssim.World, user string) *Session {
	return &Session{all: sessionsOf(w), clock: &w.Clock, user: user, id: awssim.RandomText(32), roles: make(held)}
}

// Identify says who the user is in Identity Center: the account of the instance, the
// user's id and the identity store's ARN.
func (s *Session) Identify(account, userID, storeARN string) {
	s.person = &awssim.External{Type: "IdentityCenterUser", Account: account, UserID: userID, StoreARN: storeARN, CredentialID: s.id}
}

// called notes that the user made a call.
func (s *Session) called(c *awssim.Call) {
	if s.person != nil {
		c.External = s.person
	}
}

// Begin gives the session its first access token.
func (s *Session) Begin() {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.renew()
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
	return &awssim.Service{Model: "sso", Prefix: "sso-portal", InvalidToken: func(*awssim.Call) error { return noPage() }, Invalid: awssim.InvalidAs("InvalidRequestException"), Handlers: map[string]awssim.Handler{
		"GetRoleCredentials": awssim.Op(getRoleCredentials),
		"ListAccounts":       awssim.Op(listAccounts),
		"ListAccountRoles":   awssim.Op(listAccountRoles),
		"Logout":             awssim.Op(logout),
	}}
}

// OIDC is the service that gives the portal's tokens, and the pages on which a person
// approves that: see AddDirectory and SetBrowser.
func OIDC(w *awssim.World) *awssim.Service {
	w.Mount(pages(w))
	return &awssim.Service{Model: "sso-oidc", Prefix: "sso-oauth", Invalid: awssim.InvalidAs("InvalidRequestException"), Handlers: map[string]awssim.Handler{
		"CreateToken":              awssim.Op(createToken),
		"RegisterClient":           awssim.Op(registerClient),
		"StartDeviceAuthorization": awssim.Op(startDeviceAuthorization),
	}}
}

// sessionOf finds the session of a token that has not ended, and what it may use now.
func sessionOf(c *awssim.Call, token *string) (*Session, held, error) {
	s := sessionsOf(c.World).unended(aws.ToString(token))
	if s != nil {
		if roles, ok := s.now(); ok {
			s.called(c)
			return s, roles, nil
		}
	}
	return nil, nil, awssim.Errorf("UnauthorizedException", "Session token not found or invalid")
}

func (st *sessions) unended(token string) *Session {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if s := st.byToken[token]; s != nil && st.world.Clock.Now().Before(s.Expires) {
		return s
	}
	return nil
}

func getRoleCredentials(c *awssim.Call, in *sso.GetRoleCredentialsInput) (*sso.GetRoleCredentialsOutput, error) {
	s, roles, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	role := roles[roleIn{aws.ToString(in.AccountId), aws.ToString(in.RoleName)}]
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
	_, roles, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &sso.ListAccountsOutput{AccountList: []ssotypes.AccountInfo{}}
	for _, a := range c.World.Accounts() {
		if len(roles.in(a.ID)) > 0 {
			out.AccountList = append(out.AccountList, ssotypes.AccountInfo{AccountId: aws.String(a.ID), AccountName: aws.String(a.Name)})
		}
	}
	var ok bool
	out.AccountList, out.NextToken, ok = awssim.Page(out.AccountList, func(a ssotypes.AccountInfo) string { return *a.AccountId }, pageSize(in.MaxResults), in.NextToken)
	if !ok {
		return nil, noPage()
	}
	return out, nil
}

// pageSize is how many items a page has.
func pageSize(asked *int32) int { return int(cmp.Or(aws.ToInt32(asked), 100)) }

func noPage() error {
	return awssim.Errorf("InvalidRequestException", "Invalid pagination token.")
}

func listAccountRoles(c *awssim.Call, in *sso.ListAccountRolesInput) (*sso.ListAccountRolesOutput, error) {
	_, roles, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &sso.ListAccountRolesOutput{RoleList: []ssotypes.RoleInfo{}}
	for _, name := range roles.in(aws.ToString(in.AccountId)) {
		out.RoleList = append(out.RoleList, ssotypes.RoleInfo{AccountId: in.AccountId, RoleName: aws.String(name)})
	}
	var ok bool
	out.RoleList, out.NextToken, ok = awssim.Page(out.RoleList, func(r ssotypes.RoleInfo) string { return *r.RoleName }, pageSize(in.MaxResults), in.NextToken)
	if !ok {
		return nil, noPage()
	}
	return out, nil
}

// in gives the names that may be used in an account.
func (h held) in(account string) []string {
	var names []string
	for r := range h {
		if r.account == account {
			names = append(names, r.name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}
