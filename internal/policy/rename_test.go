package policy_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/policy"
)

// TestWithPrincipals changes the names of principals alone, however they are written.
func TestWithPrincipals(t *testing.T) {
	const ada, eva = "arn:aws:iam::111122223333:user/ada", "arn:aws:iam::111122223333:user/eva"
	rename := func(name string) string { return strings.ReplaceAll(name, ada, eva) }
	for _, tt := range []struct{ text, want string }{
		{
			`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"` + ada + `"},"Action":"s3:*","Resource":"*"}}`,
			`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"` + eva + `"},"Action":"s3:*","Resource":"*"}}`,
		},
		{
			`{"Statement": [ {"Effect":"Allow","Principal":{"AWS": [ "111122223333" , "` + ada + `" ]},"Action":"s3:*","Resource":"` + ada + `","Condition":{"ArnEquals":{"aws:PrincipalArn":"` + ada + `"}}}, {"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"} ] }`,
			`{"Statement": [ {"Effect":"Allow","Principal":{"AWS": [ "111122223333" , "` + eva + `" ]},"Action":"s3:*","Resource":"` + ada + `","Condition":{"ArnEquals":{"aws:PrincipalArn":"` + ada + `"}}}, {"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"} ] }`,
		},
		{
			`{"Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user\/ad\u0061",111122223333]},"Action":"s3:*","Resource":"*"}}`,
			`{"Statement":{"Effect":"Allow","Principal":{"AWS":["` + eva + `",111122223333]},"Action":"s3:*","Resource":"*"}}`,
		},
		{
			`{"Statement":{"Effect":"Allow","Principal":{"Service":"` + ada + `"},"Action":"s3:*","Resource":"*"}}`,
			`{"Statement":{"Effect":"Allow","Principal":{"Service":"` + ada + `"},"Action":"s3:*","Resource":"*"}}`,
		},
	} {
		doc, err := policy.Parse([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(doc.WithPrincipals(rename).Raw()); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
		if string(doc.Raw()) != tt.text {
			t.Errorf("the document itself was changed: %s", doc.Raw())
		}
	}
}
