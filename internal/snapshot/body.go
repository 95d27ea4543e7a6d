package snapshot

import "time"

// The bodies of entities follow AWS's own names; they are declared beside their
// kinds. Times are UTC; what AWS did not say is left out.

// Tags are an entity's tags.
type Tags map[string]string

// TagsBody is the part of an entity that a facet of tags alone adds.
type TagsBody struct {
	Tags Tags `json:"tags,omitempty"`
}

// LastUsed is when and where something was used last.
type LastUsed struct {
	At      time.Time `json:"at,omitzero"`
	Region  string    `json:"region,omitempty"`
	Service string    `json:"service,omitempty"`
	// Own is set for a role or key with which Hawser reads: its last use is that.
	Own bool `json:"own,omitempty"`
}
