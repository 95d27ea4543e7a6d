package acme

import (
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/awssim/identitycenter"
)

const (
	given = `ada grace alan edsger barbara donald margaret dennis radia linus frances niklaus katherine ken annie
		john jean tony mary guido shafi leslie evelyn brian adele kathleen robin hedy seymour anita`
	family = `lovelace hopper turing dijkstra liskov knuth hamilton ritchie perlman torvalds allen wirth johnson
		thompson easley mccarthy bartik hoare jackson rossum goldwasser lamport boyd kernighan goldberg booth milner lamarr papert borg`
)

// nameOf is the name of the nth person; no two of the first 900 are the same,
// and later ones bear a number.
func nameOf(n int) (first, last string) {
	firsts, lasts := strings.Fields(given), strings.Fields(family)
	count := len(firsts)
	first, last = firsts[n%count], lasts[(n+n/count)%count]
	if round := n / (count * count); round > 0 {
		last = fmt.Sprintf("%s%d", last, round+1)
	}
	return first, last
}

// person makes the nth user of Identity Center.
func (b *builder) person(n int) *identitycenter.User {
	first, last := nameOf(n)
	name := first + "." + last
	u, err := b.center.AddUser(name, strings.ToUpper(first[:1])+first[1:], strings.ToUpper(last[:1])+last[1:], name+"@acme.example")
	b.keep(err)
	return u
}

// team makes a group of users.
func (b *builder) team(name string, users ...*identitycenter.User) *identitycenter.Group {
	g, err := b.center.AddGroup(name, "")
	b.keep(err)
	if b.err == nil {
		b.center.AddMember(g, users...)
	}
	return g
}

// set makes a permission set with AWS's policies of the names given.
func (b *builder) set(name string, policies ...string) *identitycenter.PermissionSet {
	s := &identitycenter.PermissionSet{Name: name, Duration: "PT4H"}
	for _, p := range policies {
		s.Managed = append(s.Managed, "arn:aws:iam::aws:policy/"+p)
	}
	b.keep(b.center.AddPermissionSet(s))
	return s
}

// departments are Acme's, each with engineers and leads and, the first five,
// people on call; a few groups more make 25.
func departments() []string {
	return []string{"shop", "data", "payments", "platform", "security", "finance", "support", "marketing"}
}

// people makes 150 users, 25 groups and 20 permission sets, and assigns them.
func (b *builder) people() {
	var users []*identitycenter.User
	for n := range 150 {
		users = append(users, b.person(n))
	}
	if b.err != nil {
		return
	}
	groups := b.teams(users)
	sets := b.sets()
	if b.err != nil {
		return
	}
	b.assignments(groups, sets)
	// One person has more than a group gives, and some who left can't sign in.
	b.keep(b.center.Assign(sets["Administrator"], "666677778888", users[7]))
	for _, n := range []int{13, 57, 101} {
		b.center.SetActive(users[n], false)
	}
	b.center.AddApplication("Grafana", "", groups["platform-engineers"], groups["data-engineers"])
	b.center.AddApplication("Payroll", "", groups["finance-engineers"], users[3])
}

func (b *builder) teams(users []*identitycenter.User) map[string]*identitycenter.Group {
	groups := make(map[string]*identitycenter.Group)
	all := departments()
	add := func(name string, keep func(n int) bool) {
		var members []*identitycenter.User
		for n, u := range users {
			if keep(n) {
				members = append(members, u)
			}
		}
		groups[name] = b.team(name, members...)
	}
	for at, d := range all {
		mine := func(n int) bool { return n%len(all) == at }
		add(d+"-engineers", mine)
		add(d+"-leads", func(n int) bool { return mine(n) && n/len(all)%6 == 0 })
		if at < 5 {
			add(d+"-on-call", func(n int) bool { return mine(n) && n/len(all)%3 == 1 })
		}
	}
	add("everyone", func(int) bool { return true })
	add("break-glass", func(n int) bool { return n == 3 || n == 4 })
	add("auditors", func(n int) bool { return n > 144 })
	add("contractors", func(n int) bool { return n%19 == 5 })
	return groups
}

func (b *builder) sets() map[string]*identitycenter.PermissionSet {
	sets := make(map[string]*identitycenter.PermissionSet)
	for _, s := range []struct {
		name   string
		policy string
	}{
		{"Administrator", "AdministratorAccess"},
		{"PowerUser", "PowerUserAccess"},
		{"ReadOnly", "ReadOnlyAccess"},
		{"ViewOnly", "job-function/ViewOnlyAccess"},
		{"Billing", "job-function/Billing"},
		{"SecurityAudit", "SecurityAudit"},
		{"NetworkAdministrator", "job-function/NetworkAdministrator"},
		{"DatabaseAdministrator", "job-function/DatabaseAdministrator"},
		{"SystemAdministrator", "job-function/SystemAdministrator"},
		{"SupportUser", "job-function/SupportUser"},
		{"DataScientist", "job-function/DataScientist"},
		{"S3Full", "AmazonS3FullAccess"},
		{"EC2Full", "AmazonEC2FullAccess"},
		{"LambdaFull", "AWSLambda_FullAccess"},
		{"RDSFull", "AmazonRDSFullAccess"},
		{"LogsReader", "CloudWatchLogsReadOnlyAccess"},
		{"MetricsReader", "CloudWatchReadOnlyAccess"},
		{"OrganizationReader", "AWSOrganizationsReadOnlyAccess"},
	} {
		sets[s.name] = b.set(s.name, s.policy)
	}
	deploy := &identitycenter.PermissionSet{
		Name: "Deploy", Description: "Ships what was built", Duration: "PT2H", RelayState: "https://eu-west-1.console.aws.amazon.com/lambda",
		Inline:   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:*","iam:PassRole"],"Resource":"*"}]}`,
		Boundary: &identitycenter.Boundary{Managed: "arn:aws:iam::aws:policy/PowerUserAccess"}, Tags: map[string]string{"owner": "platform"},
	}
	unused := &identitycenter.PermissionSet{Name: "Migration2021", Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}}
	for _, s := range []*identitycenter.PermissionSet{deploy, unused} {
		b.keep(b.center.AddPermissionSet(s))
		sets[s.Name] = s
	}
	return sets
}

// assignments gives each department its own accounts, and the rest what they
// need everywhere.
func (b *builder) assignments(groups map[string]*identitycenter.Group, sets map[string]*identitycenter.PermissionSet) {
	give := func(group, set string, accounts ...string) {
		for _, id := range accounts {
			b.keep(b.center.Assign(sets[set], id, groups[group]))
		}
	}
	production := map[string]string{"shop": "666677778888", "data": "777788889999", "payments": Denied}
	development := map[string]string{"shop": "123412341234", "data": "234523452345", "payments": "123412341234"}
	for _, d := range []string{"shop", "data", "payments"} {
		give(d+"-engineers", "PowerUser", development[d])
		give(d+"-engineers", "ReadOnly", production[d])
		give(d+"-leads", "Deploy", production[d])
		give(d+"-on-call", "SystemAdministrator", production[d])
		give(d+"-on-call", "LogsReader", production[d], development[d])
	}
	members := []string{
		Main, Security, "333344445555", "444455556666", "555566667777", "666677778888", "777788889999", Denied, "123412341234", "234523452345", Sandbox,
	}
	give("security-engineers", "SecurityAudit", members...)
	give("auditors", "ViewOnly", members...)
	give("break-glass", "Administrator", members...)
	give("platform-engineers", "NetworkAdministrator", "444455556666")
	give("platform-engineers", "Administrator", "555566667777", Sandbox)
	give("platform-on-call", "MetricsReader", members...)
	give("finance-engineers", "Billing", Main)
	give("finance-leads", "OrganizationReader", Main)
	give("support-engineers", "SupportUser", "666677778888")
	give("data-engineers", "DataScientist", "234523452345")
	give("data-leads", "DatabaseAdministrator", "777788889999")
	give("contractors", "S3Full", Sandbox)
	give("contractors", "EC2Full", Sandbox)
	give("everyone", "LambdaFull", Sandbox)
	give("everyone", "RDSFull", Sandbox)
}
