package awssim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// organizationReport is a report of when the services were last used in a part of an
// organization.
type organizationReport struct {
	accessJob
	accounts []reportedAccount
	levels   []reference.Level // the service control policies of the part, level by level
}

// reportedAccount is an account with its path.
type reportedAccount struct {
	*Account
	path string
}

// generateOrganizationReport follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateOrganizationsAccessReport.html
// Reports of a single policy are not simulated.
func generateOrganizationReport(c *Call, in *iam.GenerateOrganizationsAccessReportInput) (*iam.GenerateOrganizationsAccessReportOutput, error) {
	if in.OrganizationsPolicyId != nil {
		return nil, &Error{Code: "NotImplemented", Status: http.StatusNotImplemented, Receiver: true, Message: "The simulator does not implement reports of a policy."}
	}
	own := c.World.membershipOf(c.Account.ID)
	path := strings.TrimSuffix(*in.EntityPath, "/")
	switch organization, _, _ := strings.Cut(path, "/"); {
	case own.Organization == "" || own.Management != c.Account.ID:
		return nil, &Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "Only the management account of an organization can generate its access report."}
	case organization != own.Organization:
		return nil, unfit("The path %s is not in the organization %s.", path, own.Organization)
	}
	r := c.reportOn(path)
	r.by, r.created = c.Principal.entityID(), c.Now()
	id := uuid.NewString()
	c.World.mu.Lock()
	defer c.World.mu.Unlock()
	if c.Account.reports == nil {
		c.Account.reports = make(map[string]*organizationReport)
	}
	c.Account.reports[id] = r
	return &iam.GenerateOrganizationsAccessReportOutput{JobId: &id}, nil
}

// reportOn finds the accounts below a path, and the policies of the levels down to it.
// The management account is only in a report of itself. The World is not held, since
// who knows the organization may hold what the World waits for.
func (c *Call) reportOn(path string) *organizationReport {
	r := &organizationReport{}
	for _, a := range c.World.Accounts() {
		m := c.World.membershipOf(a.ID)
		own := strings.TrimSuffix(m.Path, "/") + "/" + a.ID
		if m.Organization == "" || own != path && !strings.HasPrefix(own, path+"/") || a.ID == m.Management && own != path {
			continue
		}
		r.accounts = append(r.accounts, reportedAccount{a, own})
		r.levels = slices.DeleteFunc(slices.Clone(m.ServiceControl), func(l reference.Level) bool { return !slices.Contains(strings.Split(path, "/"), l.ID) })
	}
	return r
}

// getOrganizationReport follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOrganizationsAccessReport.html
func (l *accessLog) getOrganizationReport(c *Call, in *iam.GetOrganizationsAccessReportInput) (*iam.GetOrganizationsAccessReportOutput, error) {
	r := c.Account.reports[*in.JobId]
	if r == nil || r.by != c.Principal.entityID() {
		return nil, noSuchJob(*in.JobId)
	}
	r.progress(c.Now())
	out := &iam.GetOrganizationsAccessReportOutput{JobStatus: r.status(), JobCreationDate: iamTime(r.created), JobCompletionDate: r.completed}
	if r.completed == nil {
		return out, nil
	}
	all := Each(r.services(c), func(namespace string) types.AccessDetail { return l.inOrganization(r, namespace) })
	unused := Only(slices.Clone(all), func(d types.AccessDetail) bool { return d.LastAuthenticatedTime == nil })
	out.NumberOfServicesAccessible, out.NumberOfServicesNotAccessed = aws.Int32(int32(len(all))), aws.Int32(int32(len(unused)))
	sortDetails(all, in.SortKey)
	type placed struct {
		key    string
		detail types.AccessDetail
	}
	list := make([]placed, len(all))
	for i, d := range all {
		list[i] = placed{fmt.Sprintf("%08d", i), d}
	}
	page, next := iamPage(list, in.Marker, in.MaxItems, func(p placed) string { return p.key })
	out.AccessDetails = Each(page, func(p placed) types.AccessDetail { return p.detail })
	out.IsTruncated, out.Marker = next != nil, next
	return out, nil
}

// services returns what the policies of every level allow.
func (r *organizationReport) services(c *Call) []string {
	if len(r.accounts) == 0 {
		return nil
	}
	all := []string{"*"}
	known := c.servicesIn([]*policy.Document{{Statements: []*policy.Statement{{Effect: policy.Allow, Action: all, Resource: all}}}})
	return Only(known, func(namespace string) bool {
		return !slices.ContainsFunc(r.levels, func(level reference.Level) bool {
			return !reaches(Each(level.Policies, func(p reference.Named) *policy.Document { return p.Document }), namespace)
		})
	})
}

// inOrganization tells when a service was last used in any of the accounts, and in how
// many of them it was.
func (l *accessLog) inOrganization(r *organizationReport, namespace string) types.AccessDetail {
	d := types.AccessDetail{ServiceName: aws.String(serviceName(namespace)), ServiceNamespace: &namespace}
	var latest access
	accounts := int32(0)
	for _, a := range r.accounts {
		used, _, n := l.last(*r.completed, a.entityIDs(), namespace, "")
		if n == 0 {
			continue
		}
		accounts++
		if used.at.After(latest.at) {
			latest = used
			d.EntityPath, d.Region, d.LastAuthenticatedTime = aws.String(a.path), aws.String(used.region), iamTime(used.at)
		}
	}
	d.TotalAuthenticatedEntities = &accounts
	return d
}

// entityIDs are the ids of the account's root user, users and roles. The World is
// locked.
func (a *Account) entityIDs() []string {
	ids := []string{a.ID}
	for _, u := range a.users {
		ids = append(ids, u.ID)
	}
	for _, r := range a.roles {
		ids = append(ids, r.ID)
	}
	return ids
}

// sortDetails sorts what is sorted by namespace.
func sortDetails(all []types.AccessDetail, key types.SortKeyType) {
	byTime := func(a, b types.AccessDetail) int {
		return aws.ToTime(a.LastAuthenticatedTime).Compare(aws.ToTime(b.LastAuthenticatedTime))
	}
	byName := func(a, b types.AccessDetail) int { return cmp.Compare(*a.ServiceNamespace, *b.ServiceNamespace) }
	switch key {
	case types.SortKeyTypeServiceNamespaceDescending:
		slices.SortFunc(all, func(a, b types.AccessDetail) int { return byName(b, a) })
	case types.SortKeyTypeLastAuthenticatedTimeAscending:
		slices.SortStableFunc(all, byTime)
	case types.SortKeyTypeLastAuthenticatedTimeDescending:
		slices.SortStableFunc(all, func(a, b types.AccessDetail) int { return byTime(b, a) })
	}
}
