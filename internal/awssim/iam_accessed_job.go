package awssim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// accessedHandlers returns the operations on reports of when services were last used.
func accessedHandlers(log *accessLog) map[string]Handler {
	return map[string]Handler{
		"GenerateServiceLastAccessedDetails":        writeHandler(generateAccessed),
		"GenerateOrganizationsAccessReport":         Op(generateOrganizationReport),
		"GetOrganizationsAccessReport":              writeHandler(log.getOrganizationReport),
		"GetServiceLastAccessedDetails":             writeHandler(log.getAccessed),
		"GetServiceLastAccessedDetailsWithEntities": writeHandler(log.getAccessedBy),
	}
}

// accessJob is a requested report. It is in progress until its state has been requested
// once.
type accessJob struct {
	by        string // entityID of who asked for it
	detailed  types.AccessAdvisorUsageGranularityType
	entities  []types.EntityInfo // who may have used the policies
	documents []*policy.Document
	created   time.Time
	completed *time.Time
	asked     bool
}

// generateAccessed follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
func generateAccessed(c *Call, in *iam.GenerateServiceLastAccessedDetailsInput) (*iam.GenerateServiceLastAccessedDetailsOutput, error) {
	j, err := c.accessJobOf(*in.Arn)
	if err != nil {
		return nil, err
	}
	j.by, j.created = c.Principal.entityID(), c.Now()
	j.detailed = cmp.Or(in.Granularity, types.AccessAdvisorUsageGranularityTypeServiceLevel)
	id := uuid.NewString()
	if c.Account.accesses == nil {
		c.Account.accesses = make(map[string]*accessJob)
	}
	c.Account.accesses[id] = j
	return &iam.GenerateServiceLastAccessedDetailsOutput{JobId: &id}, nil
}

// accessJobOf finds the policies of a user, group, role or policy, and who may use
// them.
func (c *Call) accessJobOf(name string) (*accessJob, error) {
	a, _ := arn.Parse(name)
	if a.Service == "iam" && a.Type() == "policy" {
		m, err := c.policy(&name)
		if err != nil {
			return nil, err
		}
		return &accessJob{documents: []*policy.Document{m.Default.Document}, entities: c.Account.usersOf(m)}, nil
	}
	of, err := c.policySource(name)
	if err != nil {
		return nil, err
	}
	j := &accessJob{}
	for _, s := range of.identity {
		j.documents = append(j.documents, s.document)
	}
	switch a.Type() {
	case "user":
		j.entities = []types.EntityInfo{c.Account.users[a.Name()].info()}
	case "role":
		j.entities = []types.EntityInfo{c.Account.roles[a.Name()].info()}
	case "group":
		j.entities = Each(c.Account.groups[a.Name()].members, (*User).info)
	}
	return j, nil
}

// usersOf returns the users, also by their groups, and the roles that have a managed
// policy.
func (a *Account) usersOf(m *ManagedPolicy) []types.EntityInfo {
	var all []types.EntityInfo
	has := func(h *holder) bool { return slices.Contains(h.attached, m) }
	for _, u := range InOrder(a.users) {
		if has(&u.holder) || slices.ContainsFunc(u.groups, func(g *Group) bool { return has(&g.holder) }) {
			all = append(all, u.info())
		}
	}
	for _, r := range InOrder(a.roles) {
		if has(&r.holder) {
			all = append(all, r.info())
		}
	}
	return all
}

func (u *User) info() types.EntityInfo {
	return types.EntityInfo{Arn: aws.String(u.ARN), Id: aws.String(u.ID), Name: aws.String(u.Name), Path: aws.String(u.Path), Type: types.PolicyOwnerEntityTypeUser}
}

func (r *Role) info() types.EntityInfo {
	return types.EntityInfo{Arn: aws.String(r.ARN), Id: aws.String(r.ID), Name: aws.String(r.Name), Path: aws.String(r.Path), Type: types.PolicyOwnerEntityTypeRole}
}

// accessJob finds a job, which only the same user, or a session of the same role, may
// look at, and goes on with it.
func (c *Call) accessJob(id string) (*accessJob, error) {
	j := c.Account.accesses[id]
	if j == nil || j.by != c.Principal.entityID() {
		return nil, noSuchJob(id)
	}
	j.progress(c.Now())
	return j, nil
}

func noSuchJob(id string) error { return noSuchEntity("The job with id %s cannot be found.", id) }

// progress completes a job that was asked for before.
func (j *accessJob) progress(now time.Time) {
	if j.asked && j.completed == nil {
		j.completed = iamTime(now)
	}
	j.asked = true
}

func (j *accessJob) status() types.JobStatusType {
	if j.completed == nil {
		return types.JobStatusTypeInProgress
	}
	return types.JobStatusTypeCompleted
}

// getAccessed follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
func (l *accessLog) getAccessed(c *Call, in *iam.GetServiceLastAccessedDetailsInput) (*iam.GetServiceLastAccessedDetailsOutput, error) {
	j, err := c.accessJob(*in.JobId)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsOutput{
		JobStatus: j.status(), JobType: j.detailed, JobCreationDate: iamTime(j.created), JobCompletionDate: j.completed,
		ServicesLastAccessed: []types.ServiceLastAccessed{},
	}
	if j.completed == nil {
		return out, nil
	}
	page, next := iamPage(c.servicesIn(j.documents), in.Marker, in.MaxItems, func(s string) string { return s })
	out.ServicesLastAccessed = Each(page, func(s string) types.ServiceLastAccessed { return l.service(c, j, s) })
	out.IsTruncated, out.Marker = next != nil, next
	return out, nil
}

// service tells when a service was last used.
func (l *accessLog) service(c *Call, j *accessJob, namespace string) types.ServiceLastAccessed {
	latest, id, n := l.last(*j.completed, j.ids(), namespace, "")
	out := types.ServiceLastAccessed{
		ServiceName: aws.String(serviceName(namespace)), ServiceNamespace: &namespace, TotalAuthenticatedEntities: &n,
	}
	if n > 0 {
		out.LastAuthenticated, out.LastAuthenticatedRegion, out.LastAuthenticatedEntity = iamTime(latest.at), &latest.region, j.arnOf(id)
	}
	if j.detailed == types.AccessAdvisorUsageGranularityTypeActionLevel {
		out.TrackedActionsLastAccessed = l.actions(c, j, namespace)
	}
	return out
}

// actions tells when the actions of a service were last used; nil if none was.
func (l *accessLog) actions(c *Call, j *accessJob, namespace string) []types.TrackedActionLastAccessed {
	var all []types.TrackedActionLastAccessed
	used := false
	for _, action := range c.World.trackedActions(namespace) {
		if !allows(j.documents, namespace+":"+action) {
			continue
		}
		one := types.TrackedActionLastAccessed{ActionName: &action}
		if latest, id, n := l.last(*j.completed, j.ids(), namespace, action); n > 0 {
			used = true
			one.LastAccessedTime, one.LastAccessedRegion, one.LastAccessedEntity = iamTime(latest.at), &latest.region, j.arnOf(id)
		}
		all = append(all, one)
	}
	if !used {
		return nil
	}
	return all
}

func (j *accessJob) ids() []string {
	return Each(j.entities, func(e types.EntityInfo) string { return *e.Id })
}

func (j *accessJob) arnOf(id string) *string {
	i := slices.IndexFunc(j.entities, func(e types.EntityInfo) bool { return *e.Id == id })
	return j.entities[i].Arn
}

// getAccessedBy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetailsWithEntities.html
func (l *accessLog) getAccessedBy(c *Call, in *iam.GetServiceLastAccessedDetailsWithEntitiesInput) (*iam.GetServiceLastAccessedDetailsWithEntitiesOutput, error) {
	j, err := c.accessJob(*in.JobId)
	if err != nil {
		return nil, err
	}
	out := &iam.GetServiceLastAccessedDetailsWithEntitiesOutput{
		JobStatus: j.status(), JobCreationDate: iamTime(j.created), JobCompletionDate: j.completed, EntityDetailsList: []types.EntityDetails{},
	}
	if j.completed == nil {
		return out, nil
	}
	if !slices.Contains(c.servicesIn(j.documents), *in.ServiceNamespace) {
		return nil, unfit("The report has no service with namespace %s.", *in.ServiceNamespace)
	}
	all := Each(j.entities, func(e types.EntityInfo) types.EntityDetails {
		d := types.EntityDetails{EntityInfo: &e}
		if latest, _, n := l.last(*j.completed, []string{*e.Id}, *in.ServiceNamespace, ""); n > 0 {
			d.LastAuthenticated = iamTime(latest.at)
		}
		return d
	})
	slices.SortStableFunc(all, func(a, b types.EntityDetails) int {
		return cmp.Or(aws.ToTime(b.LastAuthenticated).Compare(aws.ToTime(a.LastAuthenticated)), strings.Compare(*a.EntityInfo.Arn, *b.EntityInfo.Arn))
	})
	type placed struct {
		key     string
		details types.EntityDetails
	}
	var list []placed
	for i, d := range all {
		list = append(list, placed{fmt.Sprintf("%08d", i), d})
	}
	page, next := iamPage(list, in.Marker, in.MaxItems, func(p placed) string { return p.key })
	out.EntityDetailsList = Each(page, func(p placed) types.EntityDetails { return p.details })
	out.IsTruncated, out.Marker = next != nil, next
	return out, nil
}
