package awssim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/strictjson"
)

// Effect is what a fault does to a call.
type Effect string

// The effects.
const (
	Throttle     Effect = "throttle"      // the service's own throttling code
	Fail500      Effect = "500"           // its internal error
	Fail503      Effect = "503"           // its unavailability
	Hang         Effect = "timeout"       // no answer until the client gives up
	Reset        Effect = "reset"         // the connection is reset
	DenyAccess   Effect = "access-denied" // its access denied
	ExpireToken  Effect = "expired-token" // its expired token
	TruncateBody Effect = "truncate"      // half of the answer's body, then the end
	Delay        Effect = "delay"         // nothing but Fault.Delay
)

// Fault is a rule of the fault script: which calls it applies to and what it does
// to them. An empty field matches everything; Service and Action may contain *
// and ?.
type Fault struct {
	Service string `json:"service,omitempty"` // IAM prefix, such as "s3"
	Action  string `json:"action,omitempty"`  // operation, such as "GetObject"
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	// Nth is the first matching call that the fault applies to; 0 and 1 mean the
	// first.
	Nth int `json:"nth,omitempty"`
	// Times is how many calls it applies to from there on; 0 means all.
	Times int `json:"times,omitempty"`
	// Probability is the probability that it applies to each of these calls; 0
	// means 1.
	Probability float64 `json:"probability,omitempty"`
	Effect      Effect  `json:"effect"`
	// Delay comes before the effect.
	Delay Duration `json:"delay,omitempty"`
}

// Duration is a time.Duration that is written "1.5s" in JSON.
type Duration time.Duration

// UnmarshalText reads "1.5s".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration such as 1.5s", text)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes "1.5s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// ParseFaults reads a fault script: a JSON list of faults. Unknown fields,
// effects and impossible numbers are errors.
func ParseFaults(text []byte) ([]Fault, error) {
	var out []Fault
	if err := strictjson.Decode(text, &out); err != nil {
		return nil, fmt.Errorf("awssim: fault script: %w", err)
	}
	for i, f := range out {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("awssim: fault %d: %w", i, err)
		}
	}
	return out, nil
}

func (f Fault) check() error {
	effects := []Effect{Throttle, Fail500, Fail503, Hang, Reset, DenyAccess, ExpireToken, TruncateBody, Delay}
	switch {
	case !slices.Contains(effects, f.Effect):
		return fmt.Errorf("effect %q is none of %q", f.Effect, effects)
	case f.Nth < 0 || f.Times < 0:
		return errors.New("nth and times can't be negative")
	case f.Probability < 0 || f.Probability > 1:
		return errors.New("probability must lie between 0 and 1")
	case f.Effect == Delay && f.Delay == 0:
		return errors.New("a delay needs its length")
	}
	for _, pattern := range []string{f.Service, f.Action} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("%q is not a pattern", pattern)
		}
	}
	return nil
}

// faultScript is the installed faults, and how often each of them matched.
type faultScript struct {
	mu     sync.Mutex
	random *rand.Rand
	rules  []*faultRule
}

type faultRule struct {
	Fault
	matched int
}

func (s *faultScript) seed(seed uint64) { s.random = rand.New(rand.NewPCG(seed, seed)) }

// AddFault installs a fault after the existing ones.
func (w *World) AddFault(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("awssim: fault: %w", err)
	}
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.rules = append(w.faults.rules, &faultRule{Fault: f})
	return nil
}

// ClearFaults removes all faults.
func (w *World) ClearFaults() {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.rules = nil
}

// match returns the first fault that applies to a call. Every rule that matches
// counts the call.
func (s *faultScript) match(c *Call) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hit Fault
	found := false
	for _, r := range s.rules {
		if !r.matches(c) {
			continue
		}
		r.matched++
		nth := r.matched - max(r.Nth, 1)
		if found || nth < 0 || r.Times > 0 && nth >= r.Times {
			continue
		}
		if r.Probability > 0 && s.random.Float64() >= r.Probability {
			continue
		}
		hit, found = r.Fault, true
	}
	return hit, found
}

func (r *faultRule) matches(c *Call) bool {
	return glob(r.Service, c.Service.Prefix) && glob(r.Action, c.Operation) &&
		(r.Account == "" || r.Account == c.accountID()) && (r.Region == "" || r.Region == c.Region)
}

func glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
