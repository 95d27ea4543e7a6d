// Package toolboxtest is the toolbox at work for tests: a registry over one connection,
// what a simulated AWS holds, and the people who are asked.
package toolboxtest
