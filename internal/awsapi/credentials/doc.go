// Package credentials gets the credentials of a connection and keeps them fresh:
// from the SDK's own chain, from keys and references to secrets, from programs,
// and from roles that are assumed on top of these.
package credentials
