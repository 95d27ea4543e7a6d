package tool

import (
	"cmp"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Origin says where a guard was set, so that a refusal can say what to change. The zero
// value is a configuration of an unknown file.
type Origin struct {
	// File is the file with the settings; empty for settings that are in no file, such
	// as flags.
	File string
	// Names maps the key of a setting, such as read_only, to its name there. The
	// default is guard.KEY.
	Names map[string]string
	// Owner says who can change the settings. The default is "whoever configured this
	// Hawser".
	Owner string
	// Fix says what to do if the settings cannot be changed.
	Fix string
}

// From returns g with an origin.
func (g Guard) From(o Origin) Guard {
	g.origin = o
	return g
}

// setting returns the name of one of the guard's settings, and the file that it is in.
func (o Origin) setting(key string) string {
	name := cmp.Or(o.Names[key], "guard."+key)
	if o.File != "" {
		name += " in " + o.File
	}
	return name
}

// fix adds to e who can do what. The words have a %s for the setting.
func (o Origin) fix(e *fault.Error, before, words, key string) *fault.Error {
	if o.Fix != "" {
		return e.WithFix("%s%s", before, o.Fix)
	}
	return e.WithFix("%s%s can "+words, before, cmp.Or(o.Owner, "whoever configured this Hawser"), o.setting(key))
}

// readOnly reports whether the guard or one of its outer guards is read-only, and
// returns that one's origin.
func (g Guard) readOnly() (Origin, bool) {
	if g.within != nil {
		if o, ok := g.within.readOnly(); ok {
			return o, true
		}
	}
	return g.origin, g.ReadOnly
}

// outputCap returns the smallest output cap, in bytes, and its origin; 0 means no cap.
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

// timeout returns the smallest time limit that was set, and its origin; nil means none.
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

// overtime returns the fault of a call that exceeded its time limit; it names the limit
// and who set it. Other errors are returned unchanged.
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
	return told.WithCause("a call may take %s unless another limit is set", limit).
		WithFix("narrow the request, or set a longer limit: --timeout or guard.timeout")
}
