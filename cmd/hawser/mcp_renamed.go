package main

import "github.com/hawser/hawser/internal/fault"

// renamed is the value of a flag that has another name now. It refuses every value and
// says so.
type renamed struct{ to string }

func (renamed) String() string { return "" }

// Type implements pflag.Value.
func (renamed) Type() string { return "string" }

// Set implements pflag.Value.
func (r renamed) Set(value string) error {
	return fault.New(fault.Invalid, "the agent's profile is named by --%s", r.to).At("profile").
		WithCause("--profile names a profile of the shared AWS files in every other command").WithFix("write --%s %s", r.to, value)
}
