package text_test

import (
	"testing"

	"github.com/hawser/hawser/internal/text"
)

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "ada": "ada", "a=b": "a=b", "5": "5",
		"=1+1": "'=1+1", "+49 170": "'+49 170", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"＝1": "'＝1", "'quoted'": "''quoted'",
	} {
		if got := text.Inert(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
