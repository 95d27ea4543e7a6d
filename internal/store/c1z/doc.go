// Package c1z writes .c1z files of version 1: what ConductorOne's
// connectors hand over and its tools read. A file is the five bytes "C1ZF\0"
// and one zstd stream of one SQLite database, whose rows hold messages of the
// protobuf package c1.connector.v2.
//
// A Writer takes millions of grants in bounded memory: rows go to a scratch
// database, and the file is compressed from it when everything is there. The
// same input gives the same bytes.
package c1z
