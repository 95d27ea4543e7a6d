package acme

import (
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/organizations"
)

// Build makes Acme.
func Build(w *awssim.World) (*Company, error) {
	b := newBuilder(w, 1)
	b.found(Main, "acme-main", Region, 1)
	if b.err != nil {
		return nil, b.err
	}
	operator := b.user(b.org.Management.Account, "operator", 400*day, "AdministratorAccess")
	accounts := b.accounts()
	b.guardrails()
	b.people()
	for _, a := range accounts {
		b.services(a)
		b.crossAccount(a)
	}
	b.pipelines(accounts)
	b.leftovers(accounts)
	if b.err != nil {
		return nil, b.err
	}
	return &Company{
		Organization: b.org, Center: b.center, Operator: operator.NewKey(), SCIMToken: b.center.NewToken(365 * day),
	}, nil
}

// accounts makes the units and the accounts below them, and gives those that
// are open.
func (b *builder) accounts() []*awssim.Account {
	root := b.org.Root
	workloads := root.AddUnit("Workloads")
	units := map[string]*organizations.Node{
		"security": root.AddUnit("Security"), "infrastructure": root.AddUnit("Infrastructure"), "sandbox": root.AddUnit("Sandbox"),
		"production": workloads.AddUnit("Production"), "development": workloads.AddUnit("Development"), "suspended": root.AddUnit("Suspended"),
	}
	open := []*awssim.Account{b.org.Management.Account}
	for _, a := range []struct{ id, name, unit, team string }{
		{Security, "security", "security", "security"},
		{"333344445555", "log-archive", "security", "security"},
		{"444455556666", "network", "infrastructure", "platform"},
		{"555566667777", "shared-services", "infrastructure", "platform"},
		{"666677778888", "shop-production", "production", "shop"},
		{"777788889999", "data-production", "production", "data"},
		{Denied, "payments-production", "production", "payments"},
		{"123412341234", "shop-development", "development", "shop"},
		{"234523452345", "data-development", "development", "data"},
		{Sandbox, "sandbox", "sandbox", "platform"},
		{Closed, "old-shop", "suspended", "shop"},
	} {
		made := b.account(units[a.unit], a.id, a.name)
		node := b.org.Member(a.id)
		node.Tag(map[string]string{"team": a.team, "stage": a.unit})
		made.SetAlias("acme-" + a.name)
		made.SetRootMFA(a.id != Sandbox)
		open = append(open, made)
	}
	b.org.Member(Closed).Suspend()
	b.org.Delegate(b.org.Member(Security), "sso.amazonaws.com")
	b.org.Trust("cloudtrail.amazonaws.com")
	cloudtrail.AddTrail(b.world, cloudtrail.Trail{
		Name: "organization", Region: Region, Bucket: "acme-cloudtrail-333344445555", Owner: b.org.Management.Account, AllRegions: true, Organization: true,
	})
	b.org.Management.Account.SetRootMFA(true)
	// Its role trusts another account than the one that manages.
	b.role(b.world.Account(Denied), "/", memberRole, trustAccount("555566667777"))
	return open[:len(open)-1]
}

// guardrails makes the service control policies.
func (b *builder) guardrails() {
	stay, err := b.org.AddPolicy(serviceControl, "stay-in-the-organization", "Members do not leave",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`)
	b.keep(err)
	regions, err := b.org.AddPolicy(serviceControl, "home-regions", "Only where Acme is at home",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*","sso:*","identitystore:*"],`+
			`"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1","us-east-1"]}}}]}`)
	b.keep(err)
	if b.err == nil {
		b.org.Attach(stay, b.org.Root)
		b.org.Attach(regions, b.org.Member("666677778888").Parent())
	}
}

// services makes the roles that AWS's services have in every account.
func (b *builder) services(a *awssim.Account) {
	for _, s := range []struct{ name, service, policy string }{
		{"AWSServiceRoleForOrganizations", "organizations", "AWSOrganizationsServiceTrustPolicy"},
		{"AWSServiceRoleForSSO", "sso", "AWSSSOServiceRolePolicy"},
		{"AWSServiceRoleForSupport", "support", "AWSSupportServiceRolePolicy"},
	} {
		b.role(a, "/aws-service-role/"+s.service+".amazonaws.com/", s.name, trustService(s.service), "aws-service-role/"+s.policy)
	}
	b.role(a, "/service-role/", "lambda-basic", trustService("lambda"), "service-role/AWSLambdaBasicExecutionRole")
	web := b.role(a, "/", "web-server", trustService("ec2"), "AmazonS3FullAccess")
	a.AddInstanceProfile("web-server", web)
	web.LastUsed = awssim.KeyUse{At: b.now.Add(-2 * time.Hour), Region: Region}
	idle := b.role(a, "/", "batch-2019", trustService("ec2"), "PowerUserAccess")
	idle.LastUsed = awssim.KeyUse{At: b.now.Add(-390 * day), Region: Region}
}

// crossAccount makes the roles that others than the account's own may assume:
// the auditors of the security account, and a vendor, once with and once
// without an external ID.
func (b *builder) crossAccount(a *awssim.Account) {
	if a.ID != Security {
		b.role(a, "/", "security-audit", trustAccount(Security), "SecurityAudit")
	}
	switch a.Name {
	case "log-archive":
		b.role(a, "/vendors/", "cloud-monitor", trust("AWS", "arn:aws:iam::464646464646:root", "sts:AssumeRole", `{"StringEquals":{"sts:ExternalId":"acme-7f3a"}}`), "ReadOnlyAccess")
	case "shop-development":
		b.role(a, "/vendors/", "old-monitor", trust("AWS", "arn:aws:iam::464646464646:root", "sts:AssumeRole", ""), "ReadOnlyAccess")
	}
}

const github = "token.actions.githubusercontent.com"

// pipelines makes the roles of GitHub Actions, one of which lets in more than
// it should.
func (b *builder) pipelines(accounts []*awssim.Account) {
	issuer := b.world.AddIssuer("https://" + github)
	repository := map[string]string{
		"shop-production": "repo:acme/shop:environment:production", "shop-development": "repo:acme/shop:*",
		"data-production": "repo:acme/lake:ref:refs/heads/main", "data-development": "repo:acme/*",
	}
	for _, a := range accounts {
		subject, ok := repository[a.Name]
		if !ok {
			continue
		}
		provider := a.AddOIDCProvider(issuer, "sts.amazonaws.com")
		b.role(a, "/ci/", "github-deploy", trust("Federated", provider, "sts:AssumeRoleWithWebIdentity",
			`{"StringEquals":{"`+github+`:aud":"sts.amazonaws.com"},"StringLike":{"`+github+`:sub":"`+subject+`"}}`), "PowerUserAccess")
	}
}

// leftovers makes what was there before Identity Center: users with keys that
// are old or were never used, and a key of a root user.
func (b *builder) leftovers(accounts []*awssim.Account) {
	for n, a := range accounts {
		admins := a.AddGroup("admins")
		admins.Attach(b.policy(a, "AdministratorAccess"))
		old := b.user(a, "jenkins", 1500*day, "PowerUserAccess")
		b.key(old, 1400*day, 3*day)
		b.key(old, 1100*day, 0).Deactivate()
		old.AddSSHKey()
		b.key(b.user(a, "backup-script", 900*day, "AmazonS3FullAccess"), 900*day, 500*day)
		first, last := nameOf(n)
		u := b.user(a, first+"."+last, 1200*day, "ReadOnlyAccess")
		u.Tags = map[string]string{"email": u.Name + "@acme.example"}
		u.SetLogin(b.now.Add(-1200*day), b.now.Add(-time.Duration(n*40)*day))
		admins.AddMember(u)
		switch n % 3 {
		case 0:
			u.AddMFA()
		case 1:
			u.AddSecurityKey("blue")
		}
		b.key(u, time.Duration(100+n*60)*day, time.Duration(n*20)*day)
	}
	b.world.Account(Sandbox).AddUser("backup-script").AddServiceCredential("bedrock.amazonaws.com", b.now.Add(20*day))
	b.world.Account(Sandbox).RootKey().Age(b.now.Add(-2000*day), awssim.KeyUse{At: b.now.Add(-30 * day), Region: "us-east-1", Service: "iam"})
}
