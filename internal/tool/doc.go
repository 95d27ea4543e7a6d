// Package tool defines what a tool is: one typed operation. It is declared once, and
// every door is generated from the declaration: name, effect, the AWS actions it needs,
// typed input and typed output. The Registry turns a request into a checked, guarded
// and recorded call. Registry.Call is the only way to a tool's function, so no door can
// bypass the guard.
//
//	declaration ─ New ─▶ Tool ─ NewRegistry ─▶ Registry ─ Call ─▶ Result
//	                                             │
//	              look up → decode → gates → record → look → confirm → run → cap → record
package tool
