package collect

import (
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// Need is an action that the sources of a scope call to read some facets.
type Need struct {
	Scope  Scope
	Action string
	// Facets are what is read by it.
	Facets []snapshot.Facet
	// Fallback says that it is called only where a better method was denied.
	Fallback bool
}

// Needs returns the actions that a sync with some options calls, by the methods that
// call them, best first.
func (e *Engine) Needs(o Options) []Need {
	var all []Need
	for _, service := range e.services {
		for _, source := range service.Sources {
			if !source.leavesAllOut(o) {
				all = append(all, source.called(service.Scope, o)...)
			}
		}
		for _, action := range slices.Sorted(maps.Keys(service.RegionCalls)) {
			all = append(all, Need{Scope: service.Scope, Action: action, Facets: service.Sources[0].Facets()})
		}
	}
	return all
}

// called returns the actions of a source's methods. A method that reads nothing which an
// earlier one does not read is a fallback.
func (s Source) called(scope Scope, o Options) []Need {
	var all []Need
	read := map[snapshot.Facet]bool{}
	for _, m := range s.methods(o) {
		fallback := !slices.ContainsFunc(m.Facets, func(f snapshot.Facet) bool { return !read[f] })
		for _, f := range m.Facets {
			read[f] = true
		}
		actions := slices.Concat(slices.Collect(maps.Keys(m.Calls(Size{Options: o}))), m.More)
		slices.Sort(actions)
		for _, action := range slices.Compact(actions) {
			all = append(all, Need{Scope: scope, Action: action, Facets: m.Facets, Fallback: fallback})
		}
	}
	return all
}
