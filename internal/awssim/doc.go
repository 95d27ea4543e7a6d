// Package awssim simulates AWS over HTTP. One handler serves all services, regions and
// accounts in AWS's own wire protocols. It checks signatures and enforces policies, and
// has rate limits, latency and scripted faults. It answers an operation that is not
// implemented with status 501 and the name of the action.
//
// A World is the whole of it: accounts with their users, roles and keys, the
// services' state, a clock and the counters. Nothing is global, so a process can have
// any number of Worlds.
//
//	w, err := roster.New(awssim.Options{}) // with all services there are
//	acct := w.AddAccount("111122223333", "demo")
//	key := acct.AddUser("ada").NewKey()
//	srv, err := w.Listen("127.0.0.1:0")   // srv.URL is the endpoint
//
// Every input is validated against the service's model before it is authorized. In a
// handler all required members are set, and all values are within their bounds. The core
// seals the page tokens of listings, so that a handler gets only tokens of its own.
//
// A handler must not ignore a member of its input. It reads it, Service.Unsupported refuses
// it, or roster/testdata/no-effect.yaml says why it does no harm. A test of package roster
// looks for the others in the source.
//
// # How to add a service
//
// A service is typed Go functions over the SDK's own input and output structs;
// package wire does all that is wire format.
//
//  1. The model: add its botocore name to model/gen/services.txt (for ec2, rds and
//     cloudtrail also the operations to model/gen/*.operations.txt), and run go generate
//     ./internal/awssim/model.
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
// IAM and STS are in this package itself, because every call to any service is
// authorized with their users, roles, policies and sessions.
//
// Errors are made by Errorf with AWS's code; the status comes from the model
// where it knows the code, else 400 (set Error.Status for another). The SDK's
// exception types may be returned as well. StateOf returns state that does not belong
// to one account and region. Needs names the IAM actions and resources of a
// call where they are not simply "prefix:Operation" on "*". ReservedTag is the answer to
// tags whose keys begin with aws:, for services that give tags. Unions of the
// SDK's types are listed in Service.Unions (wire.UnionOf). Streams: a
// streaming input's Body must be read to its end before anything is kept, as
// only then are hash and signature known to be right.
package awssim
