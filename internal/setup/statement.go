package setup

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/setup/authref"
)

// statement is one statement of a policy document.
type statement struct {
	Sid       string                         `json:"Sid"`
	Effect    string                         `json:"Effect"`
	Action    []string                       `json:"Action"`
	Resource  []string                       `json:"Resource"`
	Condition map[string]map[string][]string `json:"Condition,omitempty"`
}

// document is a policy document.
type document struct {
	Version   string      `json:"Version"`
	Statement []statement `json:"Statement"`
}

// newDocument makes a document of statements. It gives each an identifier, which is
// unique in the document.
func newDocument(part []statement) document {
	doc := document{Version: "2012-10-17", Statement: slices.Clone(part)}
	used := map[string]int{}
	for i := range doc.Statement {
		name := sid(doc.Statement[i])
		if used[name]++; used[name] > 1 {
			name += "Part" + strconv.Itoa(used[name])
		}
		doc.Statement[i].Sid = name
	}
	return doc
}

// grant is an action with the resources and conditions on which it is to be allowed.
type grant struct {
	action    string
	resources []string
	condition map[string]map[string][]string
}

// key is the same for grants that one statement can hold.
func (g grant) key() string {
	text, _ := json.Marshal([]any{g.resources, g.condition}) // maps are sorted
	return string(text)
}

// grants returns a grant for each use, sorted, each once.
func (s Scope) grants(uses []Use) []grant {
	seen := map[string]grant{}
	for _, u := range uses {
		g := grant{u.Action, s.resources(u), s.condition(u)}
		seen[g.action+g.key()] = g
	}
	var all []grant
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		all = append(all, seen[id])
	}
	return all
}

// statements joins grants on the same resources and conditions.
func statements(grants []grant) []statement {
	var order []string
	joined := map[string]*statement{}
	for _, g := range grants {
		id := g.key()
		if joined[id] == nil {
			order = append(order, id)
			joined[id] = &statement{Effect: "Allow", Resource: g.resources, Condition: g.condition}
		}
		if st := joined[id]; !slices.Contains(st.Action, g.action) {
			st.Action = append(st.Action, g.action)
		}
	}
	all := make([]statement, len(order))
	for i, id := range order {
		all[i] = *joined[id]
		slices.Sort(all[i].Action)
	}
	return all
}

// sid returns an identifier for a statement: the services whose actions it has. An
// identifier has letters and digits alone.
func sid(st statement) string {
	var services []string
	for _, action := range st.Action {
		service, _, _ := strings.Cut(action, ":")
		var name strings.Builder
		for word := range strings.SplitSeq(service, "-") {
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		if !slices.Contains(services, name.String()) {
			services = append(services, name.String())
		}
	}
	return strings.Join(services, "")
}

// regional are the services whose calls go to the region of a call's resources. The
// others are global, or are called in a region that nobody chooses.
var regional = []string{"ec2", "lambda", "logs", "rds", "rds-data", "cloudwatch", "secretsmanager", "kms"}

// condition returns the conditions by which a scope narrows a use that ARNs can't.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (s Scope) condition(u Use) map[string]map[string][]string {
	service, operation, _ := strings.Cut(u.Action, ":")
	action, _ := authref.Find(u.Action)
	c := map[string]map[string][]string{}
	add := func(operator, key string, values ...string) {
		if c[operator] == nil {
			c[operator] = map[string][]string{}
		}
		c[operator][key] = values
	}
	if len(s.Regions) > 0 && len(action.Resources) == 0 && slices.Contains(regional, service) {
		add("StringEquals", "aws:RequestedRegion", s.Regions...)
	}
	if len(s.Prefixes) > 0 && slices.Contains(action.Keys, "s3:prefix") {
		add("StringLike", "s3:prefix", s.keys()...)
	}
	if service == "s3" && len(s.Accounts) > 0 && operation != "ListAllMyBuckets" && slices.Contains(action.Keys, "s3:ResourceAccount") {
		add("StringEquals", "s3:ResourceAccount", s.Accounts...)
	}
	if u.Changes && slices.ContainsFunc(action.Resources, func(r authref.Resource) bool { return r.Type == "instance" }) {
		for _, key := range slices.Sorted(maps.Keys(s.InstanceTags)) {
			add("StringEquals", "aws:ResourceTag/"+key, s.InstanceTags[key])
		}
	}
	if len(c) == 0 {
		return nil
	}
	return c
}
