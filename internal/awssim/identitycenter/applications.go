package identitycenter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
)

// application is something to sign in to by Identity Center.
type application struct {
	arn, name, description, provider, account string
	created                                   time.Time
	status                                    types.ApplicationStatus
	portal                                    *types.PortalOptions
	open                                      bool // needs no assignment
	tags                                      map[string]string
	principals                                map[Principal]bool
}

func applicationHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"CreateApplication":                      adminOp(delegate, createApplication),
		"DeleteApplication":                      applicationOp(deleteApplication),
		"DescribeApplication":                    applicationOp(describeApplication),
		"ListApplications":                       adminOp(delegate, listApplications),
		"UpdateApplication":                      applicationOp(updateApplication),
		"CreateApplicationAssignment":            applicationOp(createApplicationAssignment),
		"DeleteApplicationAssignment":            applicationOp(deleteApplicationAssignment),
		"DescribeApplicationAssignment":          applicationOp(describeApplicationAssignment),
		"ListApplicationAssignments":             applicationOp(listApplicationAssignments),
		"ListApplicationAssignmentsForPrincipal": adminOp(delegate, listApplicationAssignmentsForPrincipal),
		"GetApplicationAssignmentConfiguration":  applicationOp(getAssignmentConfiguration),
		"PutApplicationAssignmentConfiguration":  applicationOp(putAssignmentConfiguration),

		"CreateTrustedTokenIssuer":   adminOp(delegate, createIssuer),
		"DeleteTrustedTokenIssuer":   adminOp(delegate, deleteIssuer),
		"DescribeTrustedTokenIssuer": adminOp(delegate, describeIssuer),
		"ListTrustedTokenIssuers":    adminOp(delegate, listIssuers),
		"UpdateTrustedTokenIssuer":   adminOp(delegate, updateIssuer),
	}
}

// applicationOp makes a handler of something done with an application.
func applicationOp[I, O any](f func(*Instance, *application, *I) (*O, error)) awssim.Handler {
	return adminOp(delegate, func(i *Instance, _ *awssim.Call, in *I) (*O, error) {
		a := i.applications[awssim.Member(in, "ApplicationArn")]
		if a == nil {
			return nil, notFound("Application not found.")
		}
		return f(i, a, in)
	})
}

func createApplication(i *Instance, c *awssim.Call, in *ssoadmin.CreateApplicationInput) (*ssoadmin.CreateApplicationOutput, error) {
	if a := i.applications[i.made[madeBy(c, in.ClientToken)]]; a != nil {
		return &ssoadmin.CreateApplicationOutput{ApplicationArn: &a.arn}, nil
	}
	a := i.addApplication(*in.Name, *in.ApplicationProviderArn, c.Account.ID)
	a.description, a.tags, a.portal = aws.ToString(in.Description), newTags(in.Tags), in.PortalOptions
	a.status = cmp.Or(in.Status, types.ApplicationStatusEnabled)
	i.remember(madeBy(c, in.ClientToken), a.arn)
	return &ssoadmin.CreateApplicationOutput{ApplicationArn: &a.arn}, nil
}

// request is one that creates something, which its client may repeat.
type request struct{ account, operation, token string }

// madeBy is the request of a call; the zero one if it has no token.
func madeBy(c *awssim.Call, token *string) request {
	if aws.ToString(token) == "" {
		return request{}
	}
	return request{c.Account.ID, c.Operation, *token}
}

// remember notes what a request with a token created.
func (i *Instance) remember(by request, arn string) {
	if by == (request{}) {
		return
	}
	if i.made == nil {
		i.made = map[request]string{}
	}
	i.made[by] = arn
}

func (i *Instance) addApplication(name, provider, account string) *application {
	a := &application{
		arn:  "arn:" + i.Owner.Partition + ":sso::" + account + ":application/" + i.ID + "/apl-" + i.mint.hex(16),
		name: name, provider: provider, account: account, created: i.reg.world.Clock.Now(), status: types.ApplicationStatusEnabled,
		tags: make(map[string]string), principals: make(map[Principal]bool),
	}
	i.applications[a.arn] = a
	return a
}

func deleteApplication(i *Instance, a *application, _ *ssoadmin.DeleteApplicationInput) (*ssoadmin.DeleteApplicationOutput, error) {
	delete(i.applications, a.arn)
	return &ssoadmin.DeleteApplicationOutput{}, nil
}

func (a *application) options() *types.PortalOptions {
	if a.portal != nil {
		return a.portal
	}
	return &types.PortalOptions{Visibility: types.ApplicationVisibilityEnabled}
}

func describeApplication(i *Instance, a *application, _ *ssoadmin.DescribeApplicationInput) (*ssoadmin.DescribeApplicationOutput, error) {
	return &ssoadmin.DescribeApplicationOutput{
		ApplicationArn: &a.arn, ApplicationAccount: &a.account, ApplicationProviderArn: &a.provider, InstanceArn: &i.ARN, Name: aws.String(a.name),
		Description: awssim.Optional(a.description), CreatedDate: &a.created, Status: a.status, PortalOptions: a.options(),
	}, nil
}

func listApplications(i *Instance, _ *awssim.Call, in *ssoadmin.ListApplicationsInput) (*ssoadmin.ListApplicationsOutput, error) {
	found := awssim.Only(awssim.InOrder(i.applications), func(a *application) bool {
		return in.Filter == nil || (in.Filter.ApplicationAccount == nil || *in.Filter.ApplicationAccount == a.account) &&
			(in.Filter.ApplicationProvider == nil || *in.Filter.ApplicationProvider == a.provider)
	})
	found, next, err := page(found, func(a *application) string { return a.arn }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListApplicationsOutput{NextToken: next, Applications: awssim.Each(found, func(a *application) types.Application {
		return types.Application{
			ApplicationArn: &a.arn, ApplicationAccount: &a.account, ApplicationProviderArn: &a.provider, InstanceArn: &i.ARN, Name: aws.String(a.name),
			Description: awssim.Optional(a.description), CreatedDate: &a.created, Status: a.status, PortalOptions: a.options(),
		}
	})}, err
}

func updateApplication(_ *Instance, a *application, in *ssoadmin.UpdateApplicationInput) (*ssoadmin.UpdateApplicationOutput, error) {
	if in.Name != nil {
		a.name = *in.Name
	}
	if in.Description != nil {
		a.description = *in.Description
	}
	a.status = cmp.Or(in.Status, a.status)
	if in.PortalOptions != nil {
		changed := *a.options()
		changed.SignInOptions = in.PortalOptions.SignInOptions
		a.portal = &changed
	}
	return &ssoadmin.UpdateApplicationOutput{}, nil
}

func createApplicationAssignment(i *Instance, a *application, in *ssoadmin.CreateApplicationAssignmentInput) (*ssoadmin.CreateApplicationAssignmentOutput, error) {
	p := Principal{in.PrincipalType, *in.PrincipalId}
	if !i.knows(p) {
		return nil, notFound("%s not found.", p.Type)
	}
	a.principals[p] = true
	return &ssoadmin.CreateApplicationAssignmentOutput{}, nil
}

func deleteApplicationAssignment(_ *Instance, a *application, in *ssoadmin.DeleteApplicationAssignmentInput) (*ssoadmin.DeleteApplicationAssignmentOutput, error) {
	p := Principal{in.PrincipalType, *in.PrincipalId}
	if !a.principals[p] {
		return nil, notFound("Application assignment not found.")
	}
	delete(a.principals, p)
	return &ssoadmin.DeleteApplicationAssignmentOutput{}, nil
}

func describeApplicationAssignment(_ *Instance, a *application, in *ssoadmin.DescribeApplicationAssignmentInput) (*ssoadmin.DescribeApplicationAssignmentOutput, error) {
	if !a.principals[Principal{in.PrincipalType, *in.PrincipalId}] {
		return nil, notFound("Application assignment not found.")
	}
	return &ssoadmin.DescribeApplicationAssignmentOutput{ApplicationArn: &a.arn, PrincipalId: in.PrincipalId, PrincipalType: in.PrincipalType}, nil
}

func listApplicationAssignments(_ *Instance, a *application, in *ssoadmin.ListApplicationAssignmentsInput) (*ssoadmin.ListApplicationAssignmentsOutput, error) {
	principals := (&provision{principals: a.principals}).sorted()
	principals, next, err := page(principals, Principal.key, in.MaxResults, in.NextToken)
	return &ssoadmin.ListApplicationAssignmentsOutput{NextToken: next, ApplicationAssignments: awssim.Each(principals, func(p Principal) types.ApplicationAssignment {
		return types.ApplicationAssignment{ApplicationArn: &a.arn, PrincipalId: &p.ID, PrincipalType: p.Type}
	})}, err
}

func listApplicationAssignmentsForPrincipal(i *Instance, _ *awssim.Call, in *ssoadmin.ListApplicationAssignmentsForPrincipalInput) (*ssoadmin.ListApplicationAssignmentsForPrincipalOutput, error) {
	p := Principal{in.PrincipalType, *in.PrincipalId}
	if !i.knows(p) {
		return nil, notFound("%s not found.", p.Type)
	}
	found := awssim.Only(awssim.InOrder(i.applications), func(a *application) bool {
		return a.principals[p] && (in.Filter == nil || in.Filter.ApplicationArn == nil || *in.Filter.ApplicationArn == a.arn)
	})
	found, next, err := page(found, func(a *application) string { return a.arn }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListApplicationAssignmentsForPrincipalOutput{NextToken: next, ApplicationAssignments: awssim.Each(found, func(a *application) types.ApplicationAssignmentForPrincipal {
		return types.ApplicationAssignmentForPrincipal{ApplicationArn: &a.arn, PrincipalId: in.PrincipalId, PrincipalType: in.PrincipalType}
	})}, err
}

func getAssignmentConfiguration(_ *Instance, a *application, _ *ssoadmin.GetApplicationAssignmentConfigurationInput) (*ssoadmin.GetApplicationAssignmentConfigurationOutput, error) {
	return &ssoadmin.GetApplicationAssignmentConfigurationOutput{AssignmentRequired: aws.Bool(!a.open)}, nil
}

func putAssignmentConfiguration(_ *Instance, a *application, in *ssoadmin.PutApplicationAssignmentConfigurationInput) (*ssoadmin.PutApplicationAssignmentConfigurationOutput, error) {
	a.open = !*in.AssignmentRequired
	return &ssoadmin.PutApplicationAssignmentConfigurationOutput{}, nil
}

// issuer is a trusted token issuer: an OpenID Connect provider whose tokens
// applications may exchange.
type issuer struct {
	arn, name string
	kind      types.TrustedTokenIssuerType
	oidc      types.OidcJwtConfiguration
	tags      map[string]string
}

func createIssuer(i *Instance, c *awssim.Call, in *ssoadmin.CreateTrustedTokenIssuerInput) (*ssoadmin.CreateTrustedTokenIssuerOutput, error) {
	if t := i.issuers[i.made[madeBy(c, in.ClientToken)]]; t != nil {
		return &ssoadmin.CreateTrustedTokenIssuerOutput{TrustedTokenIssuerArn: &t.arn}, nil
	}
	config, ok := in.TrustedTokenIssuerConfiguration.(*types.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration)
	if !ok || !strings.HasPrefix(aws.ToString(config.Value.IssuerUrl), "https://") {
		return nil, invalid("An OIDC issuer has a URL that begins with https://.")
	}
	if slices.ContainsFunc(awssim.InOrder(i.issuers), func(t *issuer) bool { return *t.oidc.IssuerUrl == *config.Value.IssuerUrl }) {
		return nil, awssim.Errorf("ConflictException", "A trusted token issuer with this URL exists already.")
	}
	t := &issuer{
		arn:  "arn:" + i.Owner.Partition + ":sso::" + c.Account.ID + ":trustedTokenIssuer/" + i.ID + "/tti-" + i.mint.uuid(),
		name: *in.Name, kind: in.TrustedTokenIssuerType, oidc: config.Value, tags: newTags(in.Tags),
	}
	i.issuers[t.arn] = t
	i.remember(madeBy(c, in.ClientToken), t.arn)
	return &ssoadmin.CreateTrustedTokenIssuerOutput{TrustedTokenIssuerArn: &t.arn}, nil
}

// issuer finds one or answers that there is none.
func (i *Instance) issuer(arn *string) (*issuer, error) {
	t := i.issuers[aws.ToString(arn)]
	if t == nil {
		return nil, notFound("TrustedTokenIssuer not found.")
	}
	return t, nil
}

func deleteIssuer(i *Instance, _ *awssim.Call, in *ssoadmin.DeleteTrustedTokenIssuerInput) (*ssoadmin.DeleteTrustedTokenIssuerOutput, error) {
	t, err := i.issuer(in.TrustedTokenIssuerArn)
	if err != nil {
		return nil, err
	}
	delete(i.issuers, t.arn)
	return &ssoadmin.DeleteTrustedTokenIssuerOutput{}, nil
}

func describeIssuer(i *Instance, _ *awssim.Call, in *ssoadmin.DescribeTrustedTokenIssuerInput) (*ssoadmin.DescribeTrustedTokenIssuerOutput, error) {
	t, err := i.issuer(in.TrustedTokenIssuerArn)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeTrustedTokenIssuerOutput{
		TrustedTokenIssuerArn: &t.arn, Name: aws.String(t.name), TrustedTokenIssuerType: t.kind,
		TrustedTokenIssuerConfiguration: &types.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration{Value: t.oidc},
	}, nil
}

func listIssuers(i *Instance, _ *awssim.Call, in *ssoadmin.ListTrustedTokenIssuersInput) (*ssoadmin.ListTrustedTokenIssuersOutput, error) {
	found, next, err := page(awssim.InOrder(i.issuers), func(t *issuer) string { return t.arn }, in.MaxResults, in.NextToken)
	return &ssoadmin.ListTrustedTokenIssuersOutput{NextToken: next, TrustedTokenIssuers: awssim.Each(found, func(t *issuer) types.TrustedTokenIssuerMetadata {
		return types.TrustedTokenIssuerMetadata{TrustedTokenIssuerArn: &t.arn, Name: aws.String(t.name), TrustedTokenIssuerType: t.kind}
	})}, err
}

func updateIssuer(i *Instance, _ *awssim.Call, in *ssoadmin.UpdateTrustedTokenIssuerInput) (*ssoadmin.UpdateTrustedTokenIssuerOutput, error) {
	t, err := i.issuer(in.TrustedTokenIssuerArn)
	if err != nil {
		return nil, err
	}
	if in.Name != nil {
		t.name = *in.Name
	}
	if config, ok := in.TrustedTokenIssuerConfiguration.(*types.TrustedTokenIssuerUpdateConfigurationMemberOidcJwtConfiguration); ok {
		change := config.Value
		t.oidc.ClaimAttributePath = cmp.Or(change.ClaimAttributePath, t.oidc.ClaimAttributePath)
		t.oidc.IdentityStoreAttributePath = cmp.Or(change.IdentityStoreAttributePath, t.oidc.IdentityStoreAttributePath)
		t.oidc.JwksRetrievalOption = cmp.Or(change.JwksRetrievalOption, t.oidc.JwksRetrievalOption)
	}
	return &ssoadmin.UpdateTrustedTokenIssuerOutput{}, nil
}
