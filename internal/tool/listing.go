package tool

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// A cursor holds the digest of the listing that it continues. A page token of a service
// may be accepted in another listing, and would begin it somewhere.

// listingKey is the key of a context's listing.
type listingKey struct{}

// digestLength is how much of a listing's digest a cursor holds: enough to tell mistakes.
const digestLength = 12

// withListing returns ctx with the digest of the listing that the call reads: its tool,
// its connection and its input. The digest does not depend on the fields that may differ
// from page to page. Account and region are those of a cell, which a cursor names.
func (c *invocation) withListing(ctx context.Context) context.Context {
	if !slices.ContainsFunc(c.tool.fields, func(f Field) bool { return f.Name == "cursor" }) {
		return ctx
	}
	raw, err := json.Marshal(c.in)
	var fields map[string]json.RawMessage
	if err != nil || json.Unmarshal(raw, &fields) != nil {
		return ctx
	}
	for _, name := range []string{"cursor", "limit", "connection", "account", "region"} {
		delete(fields, name)
	}
	if raw, err = json.Marshal(fields); err != nil {
		return ctx
	}
	return context.WithValue(ctx, listingKey{}, CallDigest(c.resolved.Connection, c.tool.Name, raw)[:digestLength])
}

// listingOf returns the digest of the listing that is read; "" outside of a call.
func listingOf(ctx context.Context) string {
	digest, _ := ctx.Value(listingKey{}).(string)
	return digest
}

// of returns an error if the cursor belongs to another listing.
func (c cursor) of(listing string) error {
	if c == (cursor{}) || c.Listing == listing {
		return nil
	}
	return errOtherListing()
}

func errOtherListing() *fault.Error {
	return fault.New(fault.Invalid, "the cursor belongs to another listing").
		At("cursor").WithFix("use it with the tool, the connection and the other input that it was given for, or omit it; only limit may differ")
}
