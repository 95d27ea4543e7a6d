// Package store keeps snapshots over time in a database. A snapshot is the data
// of a sync, as package snapshot defines it.
//
// Each part and each edge has the first run that saw it and the run that no
// longer did. The current snapshot, the one of any earlier run, and the changes
// between two are queries over the same two tables. A cell that was read
// completely closes what it no longer has. A gap closes nothing. What did not
// change is not written.
package store
