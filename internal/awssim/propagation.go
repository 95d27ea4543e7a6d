package awssim

import "time"

// knownFrom is when what a call of IAM makes now is known to the other services.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
func (w *World) knownFrom() time.Time {
	return w.Clock.Now().Add(w.Clock.Scaled(w.behavior.Load().propagation))
}
