package kit

import (
	"errors"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

func FuzzLogToken(f *testing.F) {
	for _, seed := range []string{"", "//", "1700000000000//page", "1/2/a/b", "x//", "/-1/", "1"} {
		f.Add(seed)
	}
	begun := LogQuery{Group: "/app", Since: time.UnixMilli(1)}
	f.Fuzz(func(t *testing.T, token string) {
		q, page, err := begun.from(token)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", token, err)
			}
			return
		}
		again, samePage, err := begun.from(q.token(page))
		if err != nil || samePage != page || !again.Since.Equal(q.Since) || !again.Until.Equal(q.Until) {
			t.Errorf("%q gives %v and %q, and back %v and %q: %v", token, q, page, again, samePage, err)
		}
	})
}
