// Package pace says how fast AWS's APIs are called and what is called again: a
// meter for each API that adapts to throttling, AWS's published limits, and which
// calls may be retried, how often and how soon.
package pace
