// Package snapshot has the words for the snapshot that a sync takes of AWS:
// entities, the edges between them, and the gaps where something could not be
// read. It knows nothing of how they are read or kept.
//
// An entity is known by its kind and key. What is known about it comes in
// facets, one for each cell that read some of it, so that a cell which could
// not be read takes nothing away from what the others saw.
package snapshot
