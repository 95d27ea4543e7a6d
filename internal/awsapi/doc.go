// Package awsapi is Hawser's way to AWS: named connections, where their
// credentials come from and how they are kept fresh, how fast each API may be
// called, what is retried, and what an AWS error means.
//
// A Pool holds every connection. A Target names what a call aims at, Session
// turns it into a checked, ready aws.Config, and Client makes service clients
// from that. Fault turns any error that came back into a *fault.Error.
package awsapi
