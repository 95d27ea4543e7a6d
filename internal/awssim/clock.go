package awssim

import (
	"sync/atomic"
	"time"
)

// Clock is a World's time: the wall clock, moved and scaled. The zero value is
// the wall clock itself. It is safe for concurrent use.
type Clock struct {
	offset atomic.Int64 // added to the wall clock
	skew   atomic.Int64 // added for signatures and the Date header
	scale  atomic.Int64 // thousandths; 0 is 1000
}

// Now is the time for all data of the simulator: expiry, creation dates,
// transitions.
func (c *Clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load())).UTC()
}

// Set moves the clock to t. It continues from there.
func (c *Clock) Set(t time.Time) { c.offset.Store(int64(time.Until(t))) }

// Advance moves the clock on by d.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// SetScale makes simulated durations pass that many times faster: with 60, an
// instance that takes a minute to start takes a second, and a session of one
// hour ends after one minute.
func (c *Clock) SetScale(times float64) { c.scale.Store(int64(times * 1000)) }

// Scaled returns how long a simulated duration takes.
func (c *Clock) Scaled(d time.Duration) time.Duration {
	if s := c.scale.Load(); s > 0 {
		return time.Duration(float64(d) * 1000 / float64(s))
	}
	return d
}

// SetSkew makes the server's clock differ from the client's by d, as seen in
// signatures and the Date header.
func (c *Clock) SetSkew(d time.Duration) { c.skew.Store(int64(d)) }

// Wall returns the time against which signatures are checked. It does not move
// with Set and Advance, since clients sign with the real time.
func (c *Clock) Wall() time.Time {
	return time.Now().Add(time.Duration(c.skew.Load())).UTC()
}
