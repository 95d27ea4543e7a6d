// Package awssim is a pretend AWS over HTTP. One handler serves every service,
// region and account it holds, in AWS's own wire protocols, with signatures
// checked, policies enforced, rate limits, latency and scripted faults. What
// it does not do it answers with status 501 and the name of the action.
//
// A World is the whole of it: accounts with their users, roles and keys, the
// services' state, a clock and the counters. Nothing is global, so any number
// of Worlds live side by side.
//
//	w, err := roster.New(awssim.Options{}) // with all services there are
//	acct := w.AddAccount("111122223333", "demo")
//	key := acct.AddUser("ada").NewKey()
//	srv, err := w.Listen("127.0.0.1:0")   // srv.URL is the endpoint
//
// Every input is held against the service's model before authorization and handler:
// a handler finds each required member set, and none outside its bounds. The tokens
// of a listing's pages are sealed by the core, so that a handler sees only its own.
//
// # How to add a service
//
// A service is typed Go functions over the SDK's own input and output structs;
// package wire does all that is wire format.
//
//  1. The model: its botocore name stands in model/gen/services.txt (of ec2,
//     rds and cloudtrail, its operations in model/gen/*.operations.txt); go generate
//     ./internal/awssim/model after a change there.
//
//  2. The functions, in a package below this one with the service's name:
//
//     func describeThings(c *awssim.Call, in *things.DescribeThingsInput) (*things.DescribeThingsOutput, error) {
//     st := awssim.State[state](c) // one per account and region, made on first use
//     st.mu.Lock()
//     defer st.mu.Unlock()
//     thing := st.things[*in.Name]
//     if thing == nil {
//     return nil, awssim.Errorf("NotFoundException", "There is no thing %s", *in.Name)
//     }
//     return &things.DescribeThingsOutput{Thing: thing}, nil
//     }
//
//  3. The Service value, and one line for it in package roster:
//
//     func Service(*awssim.World) *awssim.Service {
//     return &awssim.Service{Model: "things", Handlers: map[string]awssim.Handler{
//     "DescribeThings": awssim.Op(describeThings),
//     }, Needs: needsOf}
//     }
//
// IAM and STS stand in this package itself: their users, roles, policies and
// sessions are what every call to any service is authorized by.
//
// Errors are made by Errorf with AWS's code; the status comes from the model
// where it knows the code, else 400 (set Error.Status for another). The SDK's
// exception types may be returned as well. State that is not an account's and
// region's is had by StateOf. Needs names the IAM actions and resources of a
// call where they are not simply "prefix:Operation" on "*". Unions of the
// SDK's types are listed in Service.Unions (wire.UnionOf). Streams: a
// streaming input's Body must be read to its end before anything is kept, as
// only then are hash and signature known to be right.
package awssim
