// Package finding is the one form of what an examination finds: of a connection,
// of an account's setup, of its posture.
package finding

import "github.com/hawser/hawser/internal/fault"

// Severity says how serious a Finding is.
type Severity string

// The severities.
const (
	OK      Severity = "ok"      // nothing is wrong
	Warning Severity = "warning" // it works, and there is a risk
	Failure Severity = "failure" // it does not work
)

// Finding is one thing that was examined, and the result.
type Finding struct {
	// Check is the identifier of what was examined, such as "clock".
	Check    string
	Severity Severity
	// Where is what was examined: a connection's name or an ARN.
	Where string
	// Message is what was found, in one sentence.
	Message string
	// Cause is the reason, and Fix is what to do. Both are empty where nothing is
	// wrong.
	Cause, Fix string
}

// Of returns the Failure of a check that ended with err.
func Of(check string, err error) Finding {
	e := fault.From(err)
	return Finding{Check: check, Severity: Failure, Message: e.Message, Cause: e.Cause, Fix: e.Fix}
}

// Lines returns the message, the cause and the fix, each on a line of its own.
func (f Finding) Lines() []string {
	lines := []string{f.Message}
	if f.Cause != "" {
		lines = append(lines, "cause: "+f.Cause)
	}
	if f.Fix != "" {
		lines = append(lines, "fix: "+f.Fix)
	}
	return lines
}
