package conformance

import (
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/roster"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/awssim/sso"
)

const trust = `{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":["sts:AssumeRole","sts:TagSession"]},
 {"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},
 {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + account + `:oidc-provider/tokens.example.com"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`

// simulator is a World that listens, with an operator who may do all, a role,
// and what clients can't make there by themselves.
type simulator struct {
	*awssim.World
	url string
	env []string
}

// world is a simulated AWS that listens, with nothing in it, whose time passes so
// many times as fast.
func world(t testing.TB, scale float64) (w *awssim.World, url string) {
	t.Helper()
	w, err := roster.New(awssim.Options{Scale: scale})
	if err != nil {
		t.Fatal(err)
	}
	server, err := w.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("closing the simulator: %v", err)
		}
	})
	return w, server.URL
}

// simulate starts a simulator whose time passes so many times as fast.
func simulate(t testing.TB, scale float64) *simulator {
	t.Helper()
	w, url := world(t, scale)
	own := w.AddAccount(account, "judged")
	key := simtest.Admin(t, own, "operator").NewKey()
	s := &simulator{World: w, url: url, env: keyEnv(url, key.AccessKeyID, key.SecretAccessKey)}
	role, err := own.AddRole("judge", trust)
	if err != nil {
		t.Fatal(err)
	}
	if err := role.PutPolicy("all", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`); err != nil {
		t.Fatal(err)
	}
	s.sign(t, own, role)
	cloudtrail.SetDelay(w, 0)
	cloudtrail.AddTrail(w, cloudtrail.Trail{Name: "judged", Region: "us-east-1", Bucket: "judged-logs", Owner: own, AllRegions: true})
	furnish(t, own)
	if _, err := identitycenter.Enable(w, own, "us-east-1", 1); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "ROLE="+role.ARN,
		"SECRET="+secretsmanager.Put(s.World, own.ID, "us-east-1", "database", `{"username":"judge","password":"not-a-real-password"}`))
	return s
}

// furnish puts identities into the account that cases find there.
func furnish(t testing.TB, own *awssim.Account) {
	t.Helper()
	const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
	read, err := own.AddPolicy("Read", allow)
	if err != nil {
		t.Fatal(err)
	}
	function, err := own.AddRoleAt("/service-role/", "Function",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	own.AddInstanceProfile("web", function)
	ada, bob, ops := own.AddUserAt("/people/", "ada"), own.AddUserAt("/people/", "bob"), own.AddGroup("ops")
	ada.Tags = map[string]string{"team": "x"}
	ada.SetLogin(own.Created, own.Created)
	ada.AddMFA()
	bob.NewKey()
	if err := bob.PutPolicy("inline", allow); err != nil {
		t.Fatal(err)
	}
	ops.Attach(read)
	ops.AddMember(ada)
	ops.AddMember(bob)
	own.SetAlias("judged")
	own.AddSAMLProvider("corp")
}

// sign makes tokens of an OpenID Connect provider and of Identity Center.
func (s *simulator) sign(t testing.TB, own *awssim.Account, role *awssim.Role) {
	t.Helper()
	issuer := s.AddIssuer("https://tokens.example.com")
	own.AddOIDCProvider(issuer, "sts.amazonaws.com")
	idp := simtest.NewIdentityProvider(t)
	const provider = "arn:aws:iam::123456789012:saml-provider/staff"
	s.env = append(s.env, "SAML_METADATA="+idp.Metadata, "SAML_RESPONSE="+idp.Respond(t, simtest.IdentityProviderID, time.Now().Add(time.Hour),
		map[string]string{"Role": "arn:aws:iam::123456789012:role/staff," + provider, "RoleSessionName": "ada"}))
	token, err := issuer.Token(map[string]any{
		"sub": "repo:judge", "aud": "sts.amazonaws.com", "exp": time.Now().Add(24 * time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	sso.AddDirectory(s.World, func(user string) *sso.Session {
		person := sso.NewPerson(s.World, user)
		person.Grant("Judge", role)
		return person
	})
	session := sso.NewSession(s.World, "judge", 8*time.Hour)
	session.Grant("Judge", role)
	s.env = append(s.env, "WEB_TOKEN="+token, "SSO_TOKEN="+session.AccessToken, "SSO_REFRESH="+session.RefreshToken)
}
