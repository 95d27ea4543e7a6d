package cloudtrail

import (
	"time"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// caller is who made a call, as it is kept.
type caller struct {
	account   string // whose history has the event
	principal *awssim.Principal
	key       string // access key id
	temporary bool
	since     time.Time // beginning of the session
	external  *awssim.External
}

func callerOf(c *awssim.Call) caller {
	if c.External != nil {
		return caller{account: c.External.Account, external: c.External}
	}
	who := caller{account: c.Account.ID, principal: c.Principal, temporary: c.Temporary}
	if c.Credential != nil {
		who.key, who.since = c.Credential.AccessKeyID, c.Credential.Created
	}
	return who
}

// userIdentity is the element of that name.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
type userIdentity struct {
	Type             string          `json:"type"`
	PrincipalID      string          `json:"principalId,omitempty"`
	ARN              string          `json:"arn,omitempty"`
	AccountID        string          `json:"accountId,omitempty"`
	AccessKeyID      string          `json:"accessKeyId,omitempty"`
	UserName         string          `json:"userName,omitempty"`
	IdentityProvider string          `json:"identityProvider,omitempty"`
	Session          *sessionContext `json:"sessionContext,omitempty"`
	OnBehalfOf       *onBehalfOf     `json:"onBehalfOf,omitempty"`
	CredentialID     string          `json:"credentialId,omitempty"`
}

type sessionContext struct {
	Issuer         *sessionIssuer    `json:"sessionIssuer,omitempty"`
	SourceIdentity string            `json:"sourceIdentity,omitempty"`
	AssumedRoot    string            `json:"assumedRoot,omitempty"`
	Attributes     sessionAttributes `json:"attributes"`
}

type sessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName,omitempty"`
}

type sessionAttributes struct {
	Created string `json:"creationDate"`
	MFA     string `json:"mfaAuthenticated"`
}

type onBehalfOf struct {
	UserID   string `json:"userId"`
	StoreARN string `json:"identityStoreArn"`
}

// identity gives the element.
func (r *record) identity() userIdentity {
	if e := r.who.external; e != nil {
		return externalIdentity(e)
	}
	p := r.who.principal
	if r.accountsRoleOnly {
		return userIdentity{Type: "AWSAccount", PrincipalID: p.ID, AccountID: p.Account.ID}
	}
	id := userIdentity{PrincipalID: p.ID, ARN: p.ARN, AccountID: p.Account.ID, AccessKeyID: r.who.key, Type: "IAMUser"}
	switch p.Type {
	case reference.Root:
		id.Type = "Root"
	case reference.AssumedRole:
		id.Type = "AssumedRole"
	case reference.FederatedUser:
		id.Type = "FederatedUser"
	default:
		id.UserName = nameIn(p.ARN)
	}
	if r.who.temporary {
		id.Session = r.who.session()
	}
	return id
}

func externalIdentity(e *awssim.External) userIdentity {
	if e.Type == "IdentityCenterUser" {
		return userIdentity{Type: e.Type, AccountID: e.Account, OnBehalfOf: &onBehalfOf{e.UserID, e.StoreARN}, CredentialID: e.CredentialID}
	}
	return userIdentity{Type: e.Type, PrincipalID: e.ID, UserName: e.Name, IdentityProvider: e.Provider}
}

// session describes the caller's temporary credentials.
func (w caller) session() *sessionContext {
	p := w.principal
	mfa := "false"
	if p.MFA {
		mfa = "true"
	}
	s := &sessionContext{
		SourceIdentity: p.SourceIdentity,
		Attributes:     sessionAttributes{Created: w.since.UTC().Format(time.RFC3339), MFA: mfa},
	}
	switch {
	case p.Role != nil:
		s.Issuer = &sessionIssuer{"Role", p.Role.ID, p.Role.ARN, p.Account.ID, p.Role.Name}
	case p.Type == reference.FederatedUser && p.User != nil:
		id, arn, name := p.User.Identity()
		s.Issuer = &sessionIssuer{"IAMUser", id, arn, p.Account.ID, name}
	case p.Type == reference.FederatedUser:
		s.Issuer = &sessionIssuer{"Root", p.Account.ID, p.Account.ARN("iam", "", "root"), p.Account.ID, ""}
	case p.Type == reference.Root && p.SessionPolicy != nil:
		s.AssumedRoot = "true"
	}
	return s
}

// userName is what the history calls the caller.
func (r *record) userName() string {
	switch id := r.identity(); id.Type {
	case "Root":
		return "root"
	case "AssumedRole", "FederatedUser":
		return nameIn(id.ARN)
	default:
		return id.UserName
	}
}

// nameIn returns the name at the end of an ARN.
func nameIn(text string) string {
	a, _ := arn.Parse(text)
	return a.Name()
}

// roleOwner returns the account of the role that AssumeRole was called for; empty for
// other calls.
func (r *record) roleOwner() string {
	if r.name != "AssumeRole" {
		return ""
	}
	a, _ := arn.Parse(r.role)
	return a.Account
}
