// Package reference is the plain evaluator of IAM policies: small, obvious and slow,
// written from AWS's pages, each rule with the page that says it. Decide answers a
// whole request, Evaluate says what one document says of it. It is pure: no I/O, no
// clock, no state.
//
// Another evaluator that is to be compared with it shares package policy with it,
// and nothing else.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package reference
