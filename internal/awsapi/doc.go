// Package awsapi connects to AWS. A Pool holds the named connections. A Target
// names the connection, account and region of a call, Pool.Session turns it into a
// checked aws.Config, and Client makes service clients from that.
//
// The subjects are packages of their own, which do not know this one: settings,
// credentials, pace (rates and retries), answer (what an answer must have), awserr
// (what AWS's errors mean), scim, actions and regions. This package joins them in
// the middleware of each call.
package awsapi
