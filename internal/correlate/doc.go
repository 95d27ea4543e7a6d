// Package correlate finds out what belongs together in a snapshot: which
// identities are one person's, and which role of IAM a permission set became in
// an account. It is pure: it is given entities and returns a batch.
package correlate
