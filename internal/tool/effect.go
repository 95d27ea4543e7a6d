package tool

// Effect is the most that a tool may do.
type Effect string

// The effects, from least to most.
const (
	Read    Effect = "read"    // changes nothing
	Write   Effect = "write"   // creates or changes something that can be changed back
	Destroy Effect = "destroy" // removes or interrupts something
)

var weight = map[Effect]int{Read: 0, Write: 1, Destroy: 2}

// Valid reports whether e is one of the three effects.
func (e Effect) Valid() bool { _, ok := weight[e]; return ok }

// Exceeds reports whether e does more than limit.
func (e Effect) Exceeds(limit Effect) bool { return weight[e] > weight[limit] }

// Role is what a caller may do in Hawser itself.
type Role string

// The roles, from least to most. Each may do all that the one before may.
const (
	Viewer   Role = "viewer"
	Operator Role = "operator"
	Admin    Role = "admin"
)

var rank = map[Role]int{Viewer: 1, Operator: 2, Admin: 3}

// Covers reports whether a caller of role r may do what needs the other.
func (r Role) Covers(need Role) bool { return rank[r] >= rank[need] }

// roleFor is the role that an effect needs where a tool names none.
func roleFor(e Effect) Role {
	if e == Read {
		return Viewer
	}
	return Operator
}
