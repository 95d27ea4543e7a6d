// Package tool says what a tool is: one typed operation, declared once, from
// which every door is made. A declaration gives name, effect, the AWS actions
// needed, typed input and typed output; the Registry turns a request into a
// checked, guarded, recorded call. Nothing reaches a tool's function but
// through Registry.Call, so no door can go round the guard.
//
//	declaration ─ New ─▶ Tool ─ NewRegistry ─▶ Registry ─ Call ─▶ Result
//	                                             │
//	              look up → decode → gates → record → look → confirm → run → cap → record
package tool
