package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/strictjson"
)

const good strictjson.Problem = -1

// inputs are texts, and what is wrong with them as an object and as its members.
var inputs = map[string]struct{ object, members strictjson.Problem }{
	`{"a":1,"b":{"a":[1,{"a":"😀"}]}}`: {good, good},
	` {} ` + "\n":                     {good, good},
	``:                                {strictjson.Syntax, strictjson.Syntax},
	`{`:                               {strictjson.Syntax, strictjson.Syntax},
	`{"a":1`:                          {strictjson.Syntax, strictjson.Syntax},
	`{"a":}`:                          {strictjson.Syntax, strictjson.Syntax},
	`{"a":1,}`:                        {strictjson.Syntax, strictjson.Syntax},
	`{1:1}`:                           {strictjson.Syntax, strictjson.Syntax},
	`[1]`:                             {strictjson.NotObject, strictjson.NotObject},
	`null`:                            {strictjson.NotObject, strictjson.NotObject},
	`"a"`:                             {strictjson.NotObject, strictjson.NotObject},
	`{}{}`:                            {strictjson.Trailing, strictjson.Trailing},
	`{} x`:                            {strictjson.Trailing, strictjson.Trailing},
	`{"a":1,"a":1}`:                   {strictjson.Twice, strictjson.Twice},
	`{"a":1,"\u0061":1}`:              {strictjson.Twice, strictjson.Twice},
	`{"x":[{"a":1,"a":1}]}`:           {strictjson.Twice, good},
	`{"a":1,"A":1}`:                   {good, good},
	"{\"\xff\":1}":                    {strictjson.NotUnicode, strictjson.NotUnicode},
	"{\"a\":\"\xff\"}":                {strictjson.NotUnicode, good},
	`{"a":"\ud800"}`:                  {strictjson.NotUnicode, good},
	strings.Repeat(`{"a":`, 80) + "1" + strings.Repeat("}", 80): {strictjson.TooDeep, good},
}

func problemOf(err error) strictjson.Problem {
	var e *strictjson.Error
	if errors.As(err, &e) {
		return e.Problem
	}
	return good
}

func TestWhatIsRefused(t *testing.T) {
	for raw, want := range inputs {
		if _, err := strictjson.Object([]byte(raw)); problemOf(err) != want.object {
			t.Errorf("%q as an object: %v", raw, err)
		}
		if _, err := strictjson.Members([]byte(raw)); problemOf(err) != want.members {
			t.Errorf("%q by its members: %v", raw, err)
		}
	}
}

func TestDecode(t *testing.T) {
	var v struct {
		A []int `json:"a"`
	}
	if err := strictjson.Decode([]byte(`{"a":[1,2]}`), &v); err != nil || len(v.A) != 2 {
		t.Errorf("%v, %v", v, err)
	}
	for _, raw := range []string{`{"a":[1],"b":1}`, `{"a":[1],"a":[2]}`, `{"a":"x"}`, `{"a":[1]}]`, ``} {
		if err := strictjson.Decode([]byte(raw), &v); err == nil {
			t.Errorf("%q is accepted", raw)
		}
	}
}

// FuzzValue compares the reader with encoding/json: what it accepts both read alike,
// and what encoding/json refuses it refuses.
func FuzzValue(f *testing.F) {
	for raw := range inputs {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := strictjson.Value(raw)
		var want any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		decoded := decoder.Decode(&want)
		if err == nil && (decoded != nil || !json.Valid(raw) || !reflect.DeepEqual(v, want)) {
			t.Errorf("%q is read as %v, and by encoding/json as %v, %v", raw, v, want, decoded)
		}
		if err == nil && !reflect.DeepEqual(v, reread(t, v)) {
			t.Errorf("%q does not read back", raw)
		}
		members, byMembers := strictjson.Members(raw)
		object, isObject := v.(map[string]any)
		if err == nil && isObject && (byMembers != nil || len(members) != len(object)) {
			t.Errorf("%q has the members %v, %v", raw, members, byMembers)
		}
		if byMembers == nil && !json.Valid(raw) {
			t.Errorf("%q is not JSON", raw)
		}
	})
}

// reread is a value that was written and read again.
func reread(t *testing.T, v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := strictjson.Value(raw)
	if err != nil {
		t.Errorf("%q: %v", raw, err)
	}
	return again
}
