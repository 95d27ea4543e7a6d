package mcpserver

// rules are all that a scrubber knows. They are made once, by newRules, and
// never change.
type rules struct {
	names    names
	shapes   []shape
	patterns patterns
	spelled  spelled
	embeds   embeds
	// secretLike tells what looks like a secret, whatever its name.
	secretLike func(string) bool
}

func newRules() *rules {
	like := newSecretLike()
	return &rules{secretLike: like, names: newNames(), shapes: newShapes(like), patterns: newPatterns(), spelled: newSpelled(), embeds: newEmbeds()}
}
