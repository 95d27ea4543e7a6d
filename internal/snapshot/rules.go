package snapshot

// Rules say when a cell that lost much is not believed.
type Rules struct {
	// MaxLoss is the part of a cell's entities of one kind that may go at once,
	// from 0 to 1; 0 lets all go.
	MaxLoss float64
	// Least is how many must go for MaxLoss to count.
	Least int
}
