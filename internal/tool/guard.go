package tool

import (
	"slices"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
)

// Guard says which calls a registry allows. The zero value allows every call, asks
// about nothing and cuts nothing. DefaultGuard is the careful one.
type Guard struct {
	// ReadOnly refuses every call that does more than read.
	ReadOnly bool `yaml:"read_only" json:"read_only,omitempty"`
	// Allow, if not empty, lists the tools that may be called, as globs such as "s3.*".
	// Deny lists those that may not. Deny takes precedence.
	Allow []string `yaml:"allow" json:"allow,omitempty" example:"[s3.*, ec2.list]"`
	Deny  []string `yaml:"deny" json:"deny,omitempty" example:"[s3.delete]"`
	// Confirm lists the effects that a person must confirm.
	Confirm []Effect `yaml:"confirm" json:"confirm,omitempty" example:"[write, destroy]"`
	// MaxOutput limits the size of an answer, in bytes of its JSON; 0 means no limit.
	MaxOutput int `yaml:"max_output" json:"max_output,omitempty" example:"65536"`
	// Timeout limits the time of every call. If a tool has a limit of its own, the
	// smaller one counts. Nil means DefaultTimeout for tools without a limit of their
	// own. A pointer to 0 sets no limit.
	Timeout *time.Duration `yaml:"timeout" json:"timeout,omitempty" example:"5m"`

	// within is a guard that a call must pass, too; see under.
	within *Guard
	origin Origin
}

// DefaultTimeout is the time limit of a call if neither the guard nor the tool sets
// one.
const DefaultTimeout = 5 * time.Minute

// DefaultGuard asks a person before anything is destroyed.
func DefaultGuard() Guard { return Guard{Confirm: []Effect{Destroy}} }

// Check reports an invalid pattern or effect, or a limit that is out of range. The
// error is of kind Invalid, and its Field is the guard's. CheckTools reports patterns
// that match no tool.
func (g Guard) Check() error {
	for field, patterns := range map[string][]string{"allow": g.Allow, "deny": g.Deny} {
		if err := checkSyntax(field, patterns); err != nil {
			return err
		}
	}
	if g.Timeout != nil && *g.Timeout < 0 {
		return fault.New(fault.Invalid, "the timeout %s is not positive", *g.Timeout).
			At("timeout").WithFix("write it like 90s or 5m; 0 means no limit")
	}
	for _, e := range g.Confirm {
		if !e.Valid() {
			return fault.New(fault.Invalid, "%q is not an effect", e).At("confirm").WithFix("the effects are read, write and destroy; an empty list, confirm: [], asks about nothing")
		}
	}
	if g.MaxOutput < 0 || (g.MaxOutput > 0 && g.MaxOutput < MinOutputCap) {
		return fault.New(fault.Invalid, "an output cap of %d bytes is too small for an answer", g.MaxOutput).
			At("max_output").WithFix("give at least %d, or leave it out", MinOutputCap)
	}
	return nil
}

// CheckTools reports the first pattern that matches none of these names of tools; see
// CheckPatterns.
func (g Guard) CheckTools(names []string) error {
	if err := CheckPatterns("allow", g.Allow, names); err != nil {
		return err
	}
	return CheckPatterns("deny", g.Deny, names)
}

// under returns a guard that combines g and outer: it refuses what either refuses, asks
// about what either asks about, and uses the smaller limits.
func (g Guard) under(outer Guard) Guard {
	g.within = &outer
	g.Confirm = slices.Concat(outer.Confirm, g.Confirm)
	return g
}

// sooner returns the smaller of two time limits; nil is not set.
func sooner(a, b *time.Duration) *time.Duration {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	limit := smaller(*a, *b)
	return &limit
}

// smaller returns the smaller of two limits; 0 means no limit.
func smaller[T int | time.Duration](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// admits refuses a tool that the allow and deny lists exclude.
func (g Guard) admits(name string) error {
	if g.within != nil {
		if err := g.within.admits(name); err != nil {
			return err
		}
	}
	if pattern, ok := matching(g.Deny, name); ok {
		e := fault.New(fault.Refused, "%s is on the deny list", name).WithCause("it matches %q in %s", pattern, g.origin.setting("deny"))
		return g.origin.fix(e, "", "take the pattern off %s", "deny")
	}
	if _, ok := matching(g.Allow, name); len(g.Allow) > 0 && !ok {
		e := fault.New(fault.Refused, "%s is not on the allow list", name).WithCause("the list is %s", g.origin.setting("allow"))
		return g.origin.fix(e, "", "add it to %s", "allow")
	}
	return nil
}

// permits refuses an effect that read-only mode or the caller's role does not allow.
func (g Guard) permits(t *Tool, effect Effect, by caller.Caller) error {
	if origin, ok := g.readOnly(); ok && effect.Exceeds(Read) {
		e := fault.New(fault.Refused, "%s may %s, and this Hawser is read-only", t.Name, effect).
			WithCause("%s is set", origin.setting("read_only"))
		return origin.fix(e, "", "turn off %s", "read_only")
	}
	need := t.Role
	if effect == Read && t.Role == roleFor(t.Effect) {
		need = caller.Viewer
	}
	if !by.Role.Covers(need) {
		return fault.New(fault.Refused, "%s needs the role %s", t.Name, need).
			WithCause("%s has the role %q", by.Actor, by.Role).WithFix("ask an admin of this Hawser")
	}
	return nil
}

// mustConfirm reports whether Confirm lists the effect or a lesser one: a guard that
// asks about writes also asks before something is destroyed.
func (g Guard) mustConfirm(effect Effect) bool {
	return slices.ContainsFunc(g.Confirm, func(listed Effect) bool { return !listed.Exceeds(effect) })
}

// limit returns the time that a call of t may take; 0 means no limit. A limit that
// somebody set applies to every call. The default applies to tools without a limit of
// their own, but not to an endless call whose door receives items as they come.
func (g Guard) limit(t *Tool, in any, followed bool) time.Duration {
	own := max(t.Timeout, 0)
	endless := t.Timeout < 0
	if e, ok := in.(Endless); ok && e.Endless() && followed {
		own, endless = 0, true
	}
	set, _ := g.timeout()
	switch {
	case set != nil:
		return smaller(own, *set)
	case own == 0 && !endless:
		return DefaultTimeout
	default:
		return own
	}
}

func matching(patterns []string, name string) (string, bool) {
	for _, pattern := range patterns {
		if Matches(pattern, name) {
			return pattern, true
		}
	}
	return "", false
}
