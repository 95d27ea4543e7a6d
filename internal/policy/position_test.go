package policy

import "testing"

// The first case is the document and the positions of AWS's example:
// https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html#examples
func TestSpan(t *testing.T) {
	for name, tt := range map[string]struct {
		text       string
		statement  int
		start, end Position
	}{
		"one without a list": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`,
			0,
			Position{1, 38},
			Position{1, 167},
		},
		"first of a list": {
			"{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n            \"Action\": \"codecommit:ListRepositories\",\n" +
				"            \"Resource\": \"*\"\n        }\n    ]\n}",
			0,
			Position{3, 19},
			Position{8, 10},
		},
		"second of a list": {
			`{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}, {"Effect":"Deny","Action":"a:c","Resource":"é"}]}`,
			1,
			Position{1, 63},
			Position{1, 112},
		},
	} {
		d, err := Parse([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		start, end := d.Span(d.Statements[tt.statement])
		if start != tt.start || end != tt.end {
			t.Errorf("%s: %v to %v, want %v to %v", name, start, end, tt.start, tt.end)
		}
	}
	if start, end := (&Document{}).Span(&Statement{}); start != (Position{}) || end != (Position{}) {
		t.Errorf("a document without text: %v to %v", start, end)
	}
}
