package mcpserver

// rules are all that a scrubber knows. They are made once, by newRules, and
// never change.
type rules struct {
	names   names
	shapes  []shape
	places  places
	spelled spelled
	embeds  embeds
}

func newRules() *rules {
	return &rules{names: newNames(), shapes: newShapes(), places: newPlaces(), spelled: newSpelled(), embeds: newEmbeds()}
}
