package reference_test

import (
	"fmt"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// A bucket's policy lets a role's sessions read, and says how it found them.
func ExampleEvaluate() {
	doc, err := policy.Parse([]byte(`{
	  "Version": "2012-10-17",
	  "Statement": [
	    {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci/reader"},
	     "Action": "s3:Get*", "Resource": "arn:aws:s3:::docs/*"},
	    {"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
	     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
	  ]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := reference.Request{
		Principal: reference.Principal{
			ARN: "arn:aws:sts::111122223333:assumed-role/reader/build-7", Issuer: "arn:aws:iam::111122223333:role/ci/reader",
		},
		Action:   "s3:GetObject",
		Resource: "arn:aws:s3:::docs/a.txt",
	}
	for _, tls := range []string{"true", "false"} {
		r.Context = reference.Context{"aws:SecureTransport": {tls}}
		d := reference.Evaluate(doc, r)
		fmt.Println(d.Outcome, "by", d.Matches[0].Statement.Sid, "through", d.Matches[0].By)
	}
	// Output:
	// allowed by Readers through issuer
	// denied by TLSOnly through everyone
}
