package snapshot

// Rules say when what is missing from a cell is not believed to be gone. Then the cell
// is held: what is new is added to it, and nothing is removed.
type Rules struct {
	// MaxLoss is the part of a cell's entities of one kind, or of its edges of one
	// relation, that may be gone at once, from 0 to 1; 0 lets all be gone. Whatever
	// belongs to an entity that is held is held too.
	MaxLoss float64
	// Least is how many of them must be gone for MaxLoss to count.
	Least int
	// Hold is why the cell is held whatever is missing; empty if it is not.
	Hold string
}

// DefaultRules are those of a sync and an import.
func DefaultRules() Rules { return Rules{MaxLoss: 0.3, Least: 3} }
