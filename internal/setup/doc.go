// Package setup writes what a person must create in AWS so that Hawser can work there:
// policies that allow exactly the actions that the chosen features call. It is pure: data
// in, text out.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
package setup

// Use is an action that a tool or a part of a sync calls, with the reason.
type Use struct {
	// By says what calls it, such as "s3.get".
	By string
	// Action is the IAM action, such as "s3:GetObject".
	Action string
	// Resource is an ARN with placeholders, as in tool.Need.
	Resource string
	// When says which calls need it; empty means all.
	When string
	// Without says what is done where it is denied; empty means that the call fails.
	Without string
	// Changes says that a tool calls it that changes something.
	Changes bool
	// Fallback says that it is called only where another action is denied.
	Fallback bool
}
