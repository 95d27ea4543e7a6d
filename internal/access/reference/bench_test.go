package reference_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// large is a document near AWS's limit of 6,144 characters.
func large() []byte {
	var list []string
	for i := range 24 {
		list = append(list, fmt.Sprintf(`{"Sid":"s%d","Effect":"Allow","Action":["ec2:Describe*","svc%d:Get*"],`+
			`"Resource":"arn:aws:s3:::bucket-%d/${aws:username}/*","Condition":{"StringLike":{"aws:PrincipalTag/team":"t%d-*"}}}`, i, i, i, i))
	}
	return []byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`)
}

func BenchmarkParse(b *testing.B) {
	data := large()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	docs := map[string]string{
		"star":  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		"large": string(large()),
	}
	r := reference.Request{
		Action:   "svc23:GetThing",
		Resource: "arn:aws:s3:::bucket-23/bob/file",
		Context:  reference.Context{"aws:username": {"bob"}, "aws:principaltag/team": {"t23-red"}},
	}
	for name, src := range docs {
		doc, err := policy.Parse([]byte(src))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if reference.Evaluate(doc, r).Outcome != reference.Allowed {
					b.Fatal("must be allowed")
				}
			}
		})
	}
}
