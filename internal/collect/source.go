package collect

import (
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// Scope is what a service is read once for.
type Scope int

// The scopes.
const (
	// Organization is read in the connection's account, before everything else.
	Organization Scope = iota + 1
	// IdentityCenter is read in its region, beside the accounts.
	IdentityCenter
	// AccountScope is read in each account.
	AccountScope
	// RegionScope is read in each account and region.
	RegionScope
)

// Service is a service of AWS with the sources that read it.
type Service struct {
	Scope   Scope
	Sources []Source
	// Kinds are the kinds whose numbers determine how many calls the sources
	// take.
	Kinds []snapshot.Kind
	// Size counts what the store does not know, for Plan; ok is false if that
	// can't be told. It may be nil. It is not called for an account that the
	// store knows.
	Size func(ctx Context, known Size) (size Size, ok bool)
	// Known adds to the size of an account that the store knows what else its snapshot
	// tells. It may be nil. The context is for the snapshot alone.
	Known func(ctx Context, size Size) (Size, error)
	// EntityByEntity predicts how many calls it would take to read each entity by
	// itself; it may be nil.
	EntityByEntity func(Size) int

	// Check refuses a connection from which an organization can't be read. Only
	// an organization's service has it.
	Check func(Context) error
	// Accounts gives an organization's accounts, of what the sources read. Only
	// an organization's service has it.
	Accounts func(Context) ([]Account, error)
	// Others counts the accounts besides that of the context, if that is the management
	// account. Only an organization's service has it.
	Others func(Context) (int, error)
	// Region finds the region of Identity Center. Where it returns an error, the
	// service's cells are gaps. Only Identity Center's service has it.
	Region func(Context) (string, error)
	// RegionCalls are the calls that Region makes if an earlier sync found the region.
	RegionCalls map[string]int
}

// Account is an account to read, or to skip for a reason.
type Account struct {
	ID   string
	Skip string
	// Unchosen says that only this sync skips the account: what earlier ones said
	// of it stays.
	Unchosen bool
}

// Source is a group of facets with the methods to read them, best first. A later
// method reads what the earlier ones could not read.
type Source struct {
	Methods []Method
	// Planned reports whether Plan reads it too, to count what there is. It may
	// be nil.
	Planned func(known Size, o Options) bool
	// LeftOut returns the facets that are not read with some options, with the
	// reason. It may be nil.
	LeftOut func(Options) map[snapshot.Facet]string
}

// methods returns the methods that are used with some options.
func (s Source) methods(o Options) []Method {
	return slices.DeleteFunc(slices.Clone(s.Methods), func(m Method) bool { return m.If != nil && !m.If(o) })
}

// leavesOut returns why a facet is not read with some options; "" if it is read.
func (s Source) leavesOut(f snapshot.Facet, o Options) string {
	if s.LeftOut == nil {
		return ""
	}
	return s.LeftOut(o)[f]
}

// leavesAllOut reports whether no facet is read with some options.
func (s Source) leavesAllOut(o Options) bool {
	return !slices.ContainsFunc(s.Facets(), func(f snapshot.Facet) bool { return s.leavesOut(f, o) == "" })
}

// Method is one way to read some facets. It reads all of them or fails for all;
// if it fails for some only, its output says so.
type Method struct {
	Name   string // the AWS call that it mainly makes
	Facets []snapshot.Facet
	Read   ReadFunc
	// After are the facets that it needs. It is not used unless they were read, whole or
	// but for a part.
	After []snapshot.Facet
	// Uses are facets that it waits for, and can do without.
	Uses []snapshot.Facet
	// If reports whether it is used with some options; nil means always.
	If func(Options) bool
	// Calls predicts how many calls of which actions it takes, at most.
	Calls Calls
	// Maybe says how many of them may not be made, because they depend on what is not
	// known before; nil for none.
	Maybe Calls
	// More are further actions, whose number of calls depends on what it finds.
	More []string
}

// ReadFunc reads facets into an output.
type ReadFunc func(Context, *Output) error

// Calls predicts the calls of each action.
type Calls func(Size) map[string]int

// One returns a source of one facet with one method.
func One(f snapshot.Facet, name string, read ReadFunc, calls Calls, after ...snapshot.Facet) Source {
	return Source{Methods: []Method{{Name: name, Facets: []snapshot.Facet{f}, Read: read, Calls: calls, After: after}}}
}

// Using returns the source with facets that it waits for, and can do without.
func (s Source) Using(facets ...snapshot.Facet) Source {
	s.Methods[0].Uses = append(s.Methods[0].Uses, facets...)
	return s
}

// PlannedIf returns the source with a function that decides whether Plan reads
// it.
func (s Source) PlannedIf(planned func(known Size, o Options) bool) Source {
	s.Planned = planned
	return s
}

// Unsure returns the source with a prediction of the calls that may not be made.
func (s Source) Unsure(maybe Calls) Source {
	s.Methods[0].Maybe = maybe
	return s
}

// LeavingOut returns the source with a function that says which facets are left out.
func (s Source) LeavingOut(leftOut func(Options) map[snapshot.Facet]string) Source {
	s.LeftOut = leftOut
	return s
}

// Calling returns the source with further actions, whose number of calls depends
// on what it finds.
func (s Source) Calling(actions ...string) Source {
	s.Methods[0].More = append(s.Methods[0].More, actions...)
	return s
}

// needs returns the facets that a source's methods go on from.
func (s Source) needs() []snapshot.Facet {
	var all []snapshot.Facet
	for _, m := range s.Methods {
		all = slices.Concat(all, m.After, m.Uses)
	}
	return all
}

// Facets returns all that a source's methods read.
func (s Source) Facets() []snapshot.Facet {
	var all []snapshot.Facet
	for _, m := range s.Methods {
		for _, f := range m.Facets {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// Always predicts a number of calls of one action.
func Always(action string, n int) Calls {
	return func(Size) map[string]int { return map[string]int{action: n} }
}

// PageCount returns how many pages n items fill: at least one.
func PageCount(n, size int) int { return max(1, (n+size-1)/size) }
