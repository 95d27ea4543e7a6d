// Package config reads hawser.yaml: connections, the guard, agents' profiles, the
// audit log, the store and files. It finds the files, says what is wrong in them
// with line, field and fix, and decides what a project's file may add. What a
// configuration describes is opened elsewhere.
package config
