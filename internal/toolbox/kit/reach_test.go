package kit

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

func TestCallsGoWhereTheirARNsSay(t *testing.T) {
	const function = "arn:aws:lambda:eu-west-1:111122223333:function:f"
	tests := map[string]struct {
		target tool.Target
		arns   []string
		want   tool.Target
		says   string // of a refusal
	}{
		"no ARN":              {tool.Target{Region: "us-east-1"}, nil, tool.Target{Region: "us-east-1"}, ""},
		"a plain name":        {tool.Target{}, []string{"f"}, tool.Target{}, ""},
		"an ARN":              {tool.Target{}, []string{function}, tool.Target{Account: "111122223333", Region: "eu-west-1"}, ""},
		"agreement":           {tool.Target{Account: "111122223333"}, []string{function}, tool.Target{Account: "111122223333", Region: "eu-west-1"}, ""},
		"the connection":      {tool.Target{Connection: "prod"}, []string{function}, tool.Target{Connection: "prod", Account: "111122223333", Region: "eu-west-1"}, ""},
		"an ARN without both": {tool.Target{Region: "us-east-1"}, []string{"arn:aws:s3:::harbour"}, tool.Target{Region: "us-east-1"}, ""},
		"another region":      {tool.Target{Region: "us-east-1"}, []string{function}, tool.Target{}, "eu-west-1, but the call has region us-east-1"},
		"another account":     {tool.Target{Account: "444455556666"}, []string{function}, tool.Target{}, "111122223333, but the call has account 444455556666"},
		"two that differ": {
			tool.Target{},
			[]string{function, "arn:aws:secretsmanager:us-east-1:111122223333:secret:s"},
			tool.Target{},
			"us-east-1, but the call has region eu-west-1",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := aim(tt.target, tt.arns...)
			if tt.says != "" {
				if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %v, want a refusal that says %q", err, tt.says)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}
