package awserr

import (
	"fmt"
	"time"
)

// CallError is a failed call with what was done to make it succeed. It wraps
// the SDK's error.
type CallError struct {
	// Service and Operation are the SDK's names ("S3", "GetObject").
	Service, Operation string
	// Action is the IAM action that allows the call.
	Action          string
	Account, Region string
	// Attempts counts every request sent, Throttled those that AWS asked to
	// slow down.
	Attempts, Throttled int
	// Elapsed is the whole time, Waited the part spent on our own rate limit.
	Elapsed, Waited time.Duration
	// Skew is AWS's clock minus ours, where an answer carried a date.
	Skew time.Duration
	// Owner is the account that S3 was told the bucket must belong to.
	Owner string
	// Broken reports that the connection broke during the answer.
	Broken bool
	// OutcomeUnknown reports that the call does more than read and may have been
	// carried out.
	OutcomeUnknown bool
	// AgentPolicy reports that the session policy is that of the agent.
	AgentPolicy bool

	// Err is the SDK's error.
	Err error
}

func (e *CallError) Error() string {
	return fmt.Sprintf("%s %s in %s: %v", e.Service, e.Operation, e.Region, e.Err)
}

// Unwrap returns the SDK's error.
func (e *CallError) Unwrap() error { return e.Err }

// CredentialsError is a failure to get credentials, in contrast to a failure of
// the call that needs them.
type CredentialsError struct{ Err error }

func (e *CredentialsError) Error() string { return "credentials: " + e.Err.Error() }
func (e *CredentialsError) Unwrap() error { return e.Err }

// RetryableError is false: whoever fetched the credentials has retried already.
func (e *CredentialsError) RetryableError() bool { return false }

// EndpointError is that of the SDK's endpoint rules: they give no address for the
// input and the settings, so that nothing was sent.
type EndpointError struct{ Err error }

func (e *EndpointError) Error() string { return e.Err.Error() }
func (e *EndpointError) Unwrap() error { return e.Err }

// RetryableError is false: the rules say the same again.
func (e *EndpointError) RetryableError() bool { return false }

// ForeignError is the error of an answer that the service cannot have given: a
// proxy's page, a plain text, an empty body, another document.
// The SDK takes many of these for an answer that holds nothing.
type ForeignError struct {
	Came    string // what was received instead, such as "a page of HTML"
	Passing bool   // its status means that it may succeed later
}

func (e *ForeignError) Error() string { return "the answer is not AWS's: " + e.Came }

// RetryableError is false for most: the answer would be the same again, and a
// write may have been carried out. Load balancers, AWS's among them, send pages
// when a server behind them is in trouble.
func (e *ForeignError) RetryableError() bool { return e.Passing }
