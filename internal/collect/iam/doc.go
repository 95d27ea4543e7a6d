// Package iam reads the IAM of an account: first with the calls that bring much
// at once, and where those are denied with the List and Get calls that a smaller
// policy allows.
package iam
