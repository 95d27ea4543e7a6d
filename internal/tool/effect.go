package tool

import "github.com/hawser/hawser/internal/caller"

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

// roleFor returns the role that an effect needs if the tool names none.
func roleFor(e Effect) caller.Role {
	if e == Read {
		return caller.Viewer
	}
	return caller.Operator
}
