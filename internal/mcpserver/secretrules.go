package mcpserver

// rules are all that a scrubber knows. They are made once, by newRules, and
// never change.
type rules struct {
	names    names
	shapes   []shape
	patterns patterns
	spelled  spelled
	embeds   embeds
}

func newRules() *rules {
	return &rules{names: newNames(), shapes: newShapes(), patterns: newPatterns(), spelled: newSpelled(), embeds: newEmbeds()}
}
