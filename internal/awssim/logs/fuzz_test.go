package logs

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
)

func FuzzLogPlace(f *testing.F) {
	at := eventCursor{time: 1_700_000_000_000, number: 7}
	for _, seed := range []string{"f/" + at.id() + "/s", "b/" + at.id() + "/s", "f//s", "f/-1/s", "f/" + at.id()[1:] + "/s", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		cursor, forward, err := parseEventToken(&token, true)
		if err != nil {
			var own *awssim.Error
			if !errors.As(err, &own) {
				t.Errorf("%q: %v is not an answer", token, err)
			}
			return
		}
		direction := "b/"
		if forward {
			direction = "f/"
		}
		if again := direction + cursor.id() + "/s"; again != token {
			t.Errorf("%q became %q", token, again)
		}
	})
}
