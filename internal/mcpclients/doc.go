// Package mcpclients edits the configurations of AI clients that start MCP
// servers: which clients there are, where their files are, and how Hawser's entry
// comes in and out of them. Everything else in a file stays as it is.
package mcpclients
