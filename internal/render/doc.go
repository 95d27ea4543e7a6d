// Package render writes results, failures and progress for those who read them:
// as tables and outlines for people at a terminal, as JSON, YAML and CSV for
// programs. It knows tool results, and neither flags nor commands.
package render
