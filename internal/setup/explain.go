package setup

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/setup/authref"
)

// Reason says of an action why it is in a policy, and how far it could be narrowed.
type Reason struct {
	Action string
	// By are the tools and parts of a sync that call it.
	By []string
	// When says which of their calls need it, one text for each different condition;
	// empty means all calls.
	When []string
	// Without says what is done where it is denied; empty means that calls fail.
	Without string
	// Resources are the types of resources that a policy can name for the action. Without
	// any, it can be allowed on "*" only.
	Resources []string
}

// Explain returns a reason for each action of some uses, by action.
func Explain(uses []Use) []Reason {
	var all []Reason
	for _, u := range uses {
		at := slices.IndexFunc(all, func(r Reason) bool { return r.Action == u.Action })
		if at < 0 {
			at = len(all)
			all = append(all, Reason{Action: u.Action, Without: u.Without, Resources: types(u.Action)})
		}
		r := &all[at]
		r.By = with(r.By, u.By)
		r.When = with(r.When, u.When)
		if u.Without == "" {
			r.Without = ""
		}
	}
	for i := range all {
		if slices.Contains(all[i].When, "") {
			all[i].When = nil
		}
	}
	slices.SortFunc(all, func(a, b Reason) int { return strings.Compare(a.Action, b.Action) })
	return all
}

// with returns a list that has a text, once.
func with(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// types returns the names of the types of resources that an action knows.
func types(name string) []string {
	action, _ := authref.Find(name)
	var all []string
	for _, r := range action.Resources {
		all = append(all, r.Type)
	}
	return all
}
