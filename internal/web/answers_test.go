package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestAnswersAreBounded(t *testing.T) {
	a := newAnswers()
	answer := func(n int) response {
		return response{status: 200, answer: &Answer{Output: json.RawMessage(strings.Repeat("x", n))}}
	}
	a.keep(callKey{"a", "large"}, answer(largestAnswer))
	if _, ok := a.find(callKey{"a", "large"}); ok {
		t.Error("an answer that is too large is kept")
	}
	for owner := range 20 {
		for i := range 20 {
			a.keep(callKey{fmt.Sprint(owner), fmt.Sprint(i)}, answer(largestAnswer/2))
		}
	}
	if a.all > mostAnswers || a.bytes["19"] > mostOfToken || len(a.order) != len(a.kept) {
		t.Errorf("%d bytes, %d of one token", a.all, a.bytes["19"])
	}
	if _, ok := a.find(callKey{"19", "0"}); ok {
		t.Error("the oldest of a token is kept")
	}
	if _, ok := a.find(callKey{"19", "19"}); !ok {
		t.Error("the newest of a token is gone")
	}
	for p := range a.kept {
		a.drop(p)
	}
	if a.all != 0 || len(a.bytes) != 0 || len(a.order) != 0 {
		t.Errorf("left: %+v", a)
	}
}
