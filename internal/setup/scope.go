package setup

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/setup/authref"
)

// Scope narrows policies. An empty list does not narrow.
type Scope struct {
	// Partition is AWS's partition, such as "aws".
	Partition string
	Accounts  []string
	Regions   []string
	Buckets   []string // names, or ARNs of access points
	Prefixes  []string // of keys
	Functions []string // names
	LogGroups []string // names
	// InstanceTags are tags that EC2 instances must have to be changed.
	InstanceTags map[string]string
}

// values returns what stands for a placeholder of a tool's resource or of the service
// authorization reference.
func (s Scope) values(placeholder string) []string {
	switch placeholder {
	case "partition", "Partition":
		return []string{s.Partition}
	case "account", "Account":
		return orAny(s.Accounts)
	case "region", "Region":
		return orAny(s.Regions)
	case "bucket", "BucketName":
		return orAny(s.Buckets)
	case "key", "ObjectName":
		return s.keys()
	case "function_name", "FunctionName":
		return orAny(s.Functions)
	case "log_group", "LogGroupName":
		return orAny(s.LogGroups)
	}
	return []string{"*"}
}

func orAny(list []string) []string {
	if len(list) == 0 {
		return []string{"*"}
	}
	return list
}

// keys returns patterns of the keys of objects.
func (s Scope) keys() []string {
	var all []string
	for _, prefix := range s.Prefixes {
		all = append(all, literal(prefix)+"*")
	}
	return orAny(all)
}

// literal writes a text so that a policy takes none of its characters for a wildcard or a
// variable.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
func literal(text string) string {
	return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(text)
}

// resources returns the ARNs, or patterns of ARNs, on which a use must be allowed: "*"
// alone for an action that knows no resources.
func (s Scope) resources(u Use) []string {
	action, known := authref.Find(u.Action)
	switch {
	case known && len(action.Resources) == 0:
		return []string{"*"}
	case strings.HasPrefix(u.Resource, "arn:"):
		return s.expand(u.Resource)
	case !known:
		return []string{"*"}
	}
	var all []string
	for _, resource := range needed(action) {
		all = append(all, s.typed(resource)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// needed returns the types of resources on which an action must be allowed: those that
// the reference requires, else all. Access points are not among them: whoever uses one
// gives its ARN for a bucket.
func needed(a authref.Action) []authref.Resource {
	types := slices.DeleteFunc(slices.Clone(a.Resources), func(r authref.Resource) bool { return strings.HasPrefix(r.Type, "accesspoint") })
	required := slices.DeleteFunc(slices.Clone(types), func(r authref.Resource) bool { return !r.Required })
	if len(required) > 0 {
		return required
	}
	return types
}

// typed returns the ARNs of a type of resources. An organization and an instance of
// Identity Center are not in the accounts and regions of a scope. AWS's own policies have
// "aws" for an account.
func (s Scope) typed(r authref.Resource) []string {
	service := strings.Split(r.ARN, ":")[2]
	if slices.Contains([]string{"organizations", "sso", "identitystore"}, service) {
		s.Accounts, s.Regions = nil, nil
	}
	all := s.expand(strings.ReplaceAll(r.ARN, "${", "{"))
	if r.Type == "policy" && !slices.Contains(all, "arn:"+s.Partition+":"+service+"::*:policy/*") {
		all = append(all, "arn:"+s.Partition+":"+service+"::aws:policy/*")
	}
	return all
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// expand returns every ARN that a template stands for. A value that is an ARN itself
// replaces what stands before it.
func (s Scope) expand(template string) []string {
	at := placeholder.FindStringSubmatchIndex(template)
	if at == nil {
		return []string{template}
	}
	var all []string
	for _, value := range s.values(template[at[2]:at[3]]) {
		before, after := template[:at[0]], template[at[1]:]
		if arn.Is(value) {
			before = ""
			if strings.HasPrefix(after, "/") {
				after = "/object" + after
			}
		}
		for _, rest := range s.expand(after) {
			all = append(all, before+value+rest)
		}
	}
	return all
}
