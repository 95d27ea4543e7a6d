package tool

import (
	"encoding/base64"
	"encoding/json"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// cursor is a position in a listing: the listing's digest, a cell, the service's token of a page in it, and
// how many of that page's items were already returned.
type cursor struct {
	Listing string `json:"l,omitempty"`
	Cell    string `json:"c,omitempty"`
	Token   string `json:"t,omitempty"`
	Skip    int    `json:"s,omitempty"`
}

func (c cursor) encode() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // plain fields always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseCursor(s string) (cursor, error) {
	var c cursor
	if s == "" {
		return c, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil {
		err = strictjson.Decode(raw, &c)
	}
	if err != nil || c.Skip < 0 || c == (cursor{}) {
		return cursor{}, fault.Wrap(err, fault.Invalid, "the cursor is not valid").
			At("cursor").WithFix("pass the cursor exactly as an answer gave it, or omit it to start again")
	}
	return c, nil
}
