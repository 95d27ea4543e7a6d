// Package store keeps the picture that syncs take, in SQLite or Postgres.
//
// Entities and edges lie there by the runs between which they were in the
// picture: the current picture, that of any earlier run, and what changed
// between two are queries over the same two tables. A cell that was read fully
// closes what it no longer sees; a gap closes nothing; and what is as it was is
// not written.
package store
