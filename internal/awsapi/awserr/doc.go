// Package awserr says what AWS's errors mean. Fault turns any error that came
// back from a call into a *fault.Error, by types and codes and never by text.
package awserr
