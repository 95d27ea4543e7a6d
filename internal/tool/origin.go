package tool

import (
	"cmp"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Origin is where a guard was set, so that a refusal can say what to change. The
// zero value is a configuration whose file is not known.
type Origin struct {
	// File is the file that the settings are in; empty for those that are in
	// none, such as flags.
	File string
	// Names are what the settings are called there, by their keys, such as
	// read_only; by default guard.KEY.
	Names map[string]string
	// Owner is who can change them; by default whoever configured this Hawser.
	Owner string
	// Fix is the way out, for settings that cannot be changed.
	Fix string
}

// From is g with its origin.
func (g Guard) From(o Origin) Guard {
	g.origin = o
	return g
}

// setting is what one of the guard's settings is called, and where it stands.
func (o Origin) setting(key string) string {
	name := cmp.Or(o.Names[key], "guard."+key)
	if o.File != "" {
		name += " in " + o.File
	}
	return name
}

// fix says who can do what; the words hold a %s for the setting.
func (o Origin) fix(e *fault.Error, before, words, key string) *fault.Error {
	if o.Fix != "" {
		return e.WithFix("%s%s", before, o.Fix)
	}
	return e.WithFix("%s%s can "+words, before, cmp.Or(o.Owner, "whoever configured this Hawser"), o.setting(key))
}

// readOnly reports whether the guard or one that it stands within is read-only,
// and which.
func (g Guard) readOnly() (Origin, bool) {
	if g.within != nil {
		if o, ok := g.within.readOnly(); ok {
			return o, true
		}
	}
	return g.origin, g.ReadOnly
}

// outputCap is the smallest cap of answers, in bytes, and whose it is; 0 is none.
func (g Guard) outputCap() (int, Origin) {
	if g.within == nil {
		return g.MaxOutput, g.origin
	}
	outer, o := g.within.outputCap()
	if least := smaller(outer, g.MaxOutput); least != outer {
		return least, g.origin
	}
	return outer, o
}

// timeout is the smallest time limit that somebody set, and who; nil is none.
func (g Guard) timeout() (*time.Duration, Origin) {
	if g.within == nil {
		return g.Timeout, g.origin
	}
	outer, o := g.within.timeout()
	least := sooner(outer, g.Timeout)
	if outer != nil && *least == *outer {
		return outer, o
	}
	return least, g.origin
}

// overtime is the fault of a call that took longer than it may: it names the
// limit and who set it. Other errors are given back as they are.
func (r *Registry) overtime(c *invocation, err error) error {
	e := fault.From(err)
	if e == nil || e.Kind != fault.Timeout {
		return err
	}
	told := *e
	limit := r.guard.limit(c.tool, c.in, c.request.Emit != nil)
	set, origin := r.guard.timeout()
	switch {
	case set != nil && *set == limit:
		return origin.fix(told.WithCause("%s is %s", origin.setting("timeout"), limit), "narrow the request; ", "raise %s", "timeout")
	case limit == max(c.tool.Timeout, 0):
		return told.WithCause("%s may take %s", c.tool.Name, limit).WithFix("narrow the request; this limit is the tool's own")
	}
	return told.WithCause("a call may take %s where nobody set another limit", limit).
		WithFix("narrow the request, or set a longer limit: --timeout or guard.timeout")
}
