package awssim

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func FuzzWebToken(f *testing.F) {
	w, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(w.Close)
	issuer, err := w.AddIssuer("https://oidc.example")
	if err != nil {
		f.Fatal(err)
	}
	good, err := issuer.Token(map[string]any{"sub": "pod", "aud": []string{"sts.amazonaws.com"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "a.b.c", "e30.e30.", "..", "e30.eyJhdWQiOlsxXX0.AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, signed, signature, err := parseToken(token)
		if err != nil {
			return
		}
		if len(signature) != 64 || len(signed) >= len(token) {
			t.Errorf("%q gives %+v, %q and %x", token, claims, signed, signature)
		}
	})
}

func FuzzLogPlace(f *testing.F) {
	at := logPlace{time: 1_700_000_000_000, number: 7}
	for _, seed := range []string{"f/" + at.id() + "/s", "b/" + at.id() + "/s", "f//s", "f/-1/s", "f/" + at.id()[1:] + "/s", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		place, forward, err := parseEventToken(&token, true)
		if err != nil {
			var own *Error
			if !errors.As(err, &own) {
				t.Errorf("%q: %v is no answer", token, err)
			}
			return
		}
		direction := "b/"
		if forward {
			direction = "f/"
		}
		if again := direction + place.id() + "/s"; again != token {
			t.Errorf("%q became %q", token, again)
		}
	})
}

func FuzzLambdaName(f *testing.F) {
	call := &Call{Account: &Account{ID: "111122223333", Partition: "aws"}, Region: "us-east-1"}
	f.Add("checkout", "")
	f.Add("checkout:live", "live")
	f.Add("111122223333:checkout", "")
	f.Add("arn:aws:lambda:us-east-1:111122223333:function:checkout:1", "")
	f.Fuzz(func(t *testing.T, name, qualifier string) {
		id, err := lambdaNamed(call, name, qualifier)
		if err != nil {
			return
		}
		again, err := lambdaNamed(call, id.arn(), aws.ToString(&id.qualifier))
		if err != nil || again != id {
			t.Errorf("%q is %+v, and by its ARN %+v: %v", name, id, again, err)
		}
	})
}
