package collect

import (
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// Engine reads services. It is safe for concurrent use.
type Engine struct {
	services []Service
}

// New makes an engine that reads some services.
func New(services ...Service) *Engine { return &Engine{services} }

// in returns the services of a scope.
func (e *Engine) in(scope Scope) []Service {
	return slices.DeleteFunc(slices.Clone(e.services), func(s Service) bool { return s.Scope != scope })
}

// sources returns all sources of a scope.
func (e *Engine) sources(scope Scope) []Source {
	var all []Source
	for _, s := range e.in(scope) {
		all = append(all, s.Sources...)
	}
	return all
}

// all returns the sources of all scopes, in the order in which they are read.
func (e *Engine) all() []Source {
	return slices.Concat(e.sources(Organization), e.sources(IdentityCenter), e.sources(AccountScope), e.sources(RegionScope))
}

// Facets lists the facets that a sync with every option reads, without those that
// are derived.
func (e *Engine) Facets() []snapshot.Facet {
	var all []snapshot.Facet
	for _, s := range e.all() {
		all = append(all, s.Facets()...)
	}
	return all
}

// Actions lists the IAM actions that a sync with every option calls.
func (e *Engine) Actions() []string {
	all := map[string]bool{}
	for _, s := range e.all() {
		for _, m := range s.Methods {
			for action := range m.Calls(Size{}) {
				all[action] = true
			}
			for _, action := range m.More {
				all[action] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
