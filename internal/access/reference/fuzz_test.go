package reference_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// FuzzGlob holds the matcher of resources against regular expressions.
func FuzzGlob(f *testing.F) {
	f.Add("arn:aws:s3:::a/*/b*c", "arn:aws:s3:::a/x/bc/b:c")
	f.Add("arn:aws:sqs:us-*-?:1*2:q", "arn:aws:sqs:us-east-1:112:q")
	f.Add("arn:*:log-group:*x", "arn:aws:logs:eu:1:log-group:xx")
	f.Add("*a*b?c*", "aabbcabc")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 60 || len(text) > 200 || text == "" || !utf8.ValidString(text) || strings.ContainsAny(pattern, "\"\\${}") {
			return
		}
		doc, err := policy.Parse([]byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"` + pattern + `"}}`))
		if err != nil {
			return
		}
		pattern = doc.Statements[0].Resource[0] // as JSON reads it
		want := regexp.MustCompile(resourceRegexp(pattern)).MatchString(text)
		if got := reference.Evaluate(doc, reference.Request{Action: "a:b", Resource: text}).Outcome == reference.Allowed; got != want {
			t.Errorf("%q matches %q: %v, want %v", pattern, text, got, want)
		}
	})
}

// resourceRegexp says in a regular expression what the page on Resource says
// in words.
func resourceRegexp(pattern string) string {
	var b strings.Builder
	colons, crossed := 0, false
	runes := []rune(pattern)
	for i, r := range runes {
		last := crossed || colons >= 5
		ends := i+1 == len(runes) || runes[i+1] == ':'
		switch {
		case r == '*' && (last || ends):
			b.WriteString(`(?s:.*)`)
			crossed = true
		case r == '*':
			b.WriteString(`[^:]*`)
		case r == '?' && last:
			b.WriteString(`(?s:.)`)
		case r == '?':
			b.WriteString(`[^:]`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		if r == ':' {
			colons++
		}
	}
	return `\A` + b.String() + `\z`
}

func TestEvaluateLeavesTheRequestAlone(t *testing.T) {
	doc, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"S3:*","Resource":"*","Condition":{"StringLike":{"AWS:UserName":"*"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx := reference.Context{"aws:USERNAME": {"bob"}}
	r := reference.Request{Action: "s3:GetObject", Context: ctx}
	if got := reference.Evaluate(doc, r); got.Outcome != reference.Allowed {
		t.Errorf("got %v", got.Outcome)
	}
	if diff := cmp.Diff(reference.Context{"aws:USERNAME": {"bob"}}, ctx); diff != "" || r.Action != "s3:GetObject" {
		t.Errorf("Evaluate changed its request: %s", diff)
	}
}
