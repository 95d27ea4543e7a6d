package policy_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/policy"
)

func TestParseErrorsNameTheField(t *testing.T) {
	stmt := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	tests := map[string]struct{ doc, field string }{
		"not an object":         {`[]`, ""},
		"null":                  {`null`, ""},
		"no statement":          {`{"Version":"2012-10-17"}`, "Statement"},
		"unknown version":       {`{"Version":"2012-10-18","Statement":[]}`, "Version"},
		"unknown element":       {`{"Version":"2012-10-17","Statment":[]}`, "Statment"},
		"lower-case element":    {`{"version":"2012-10-17","Statement":[]}`, "version"},
		"element twice":         {`{"Id":"a","Id":"b","Statement":[]}`, "Id"},
		"statement is text":     {`{"Statement":["x"]}`, "Statement[0]"},
		"no effect":             {stmt(`{"Action":"*","Resource":"*"}`), "Statement[0]"},
		"effect misspelt":       {stmt(`{"Effect":"allow","Action":"*"}`), "Statement[0].Effect"},
		"effect is null":        {stmt(`{"Effect":null,"Action":"*"}`), "Statement[0].Effect"},
		"no action":             {stmt(`{"Effect":"Allow","Resource":"*"}`), "Statement[0]"},
		"both actions":          {stmt(`{"Effect":"Allow","Action":"*","NotAction":"*"}`), "Statement[0]"},
		"both resources":        {stmt(`{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}`), "Statement[0]"},
		"both principals":       {stmt(`{"Effect":"Allow","Action":"*","Principal":"*","NotPrincipal":"*"}`), "Statement[0]"},
		"action without prefix": {stmt(`{"Effect":"Allow","Action":"GetObject"}`), "Statement[0].Action"},
		"action without name":   {stmt(`{"Effect":"Allow","Action":"s3:"}`), "Statement[0].Action"},
		"action is a number":    {stmt(`{"Effect":"Allow","Action":[7]}`), "Statement[0].Action[0]"},
		"resource is an object": {stmt(`{"Effect":"Allow","Action":"*","Resource":{}}`), "Statement[0].Resource"},
		"principal is a name":   {stmt(`{"Effect":"Allow","Action":"*","Principal":"bob"}`), "Statement[0].Principal"},
		"principal of no sort":  {stmt(`{"Effect":"Allow","Action":"*","Principal":{"Aws":"*"}}`), "Statement[0].Principal.Aws"},
		"unknown operator":      {stmt(`{"Effect":"Allow","Action":"*","Condition":{"StringIs":{"a":"b"}}}`), "Statement[0].Condition.StringIs"},
		"null if exists":        {stmt(`{"Effect":"Allow","Action":"*","Condition":{"NullIfExists":{"a":"true"}}}`), "Statement[0].Condition.NullIfExists"},
		"condition key twice":   {stmt(`{"Effect":"Allow","Action":"*","Condition":{"Bool":{"a":"true","a":"true"}}}`), "Statement[0].Condition.Bool.a"},
		"condition value":       {stmt(`{"Effect":"Allow","Action":"*","Condition":{"Bool":{"a":{}}}}`), "Statement[0].Condition.Bool.a"},
		"second statement":      {stmt(`{"Effect":"Allow","Action":"*"},{"Effect":"Deny","Actions":"*"}`), "Statement[1].Actions"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Parse([]byte(tt.doc))
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != fault.Invalid || e.Field != tt.field {
				t.Errorf("got %#v, want Invalid at %q", err, tt.field)
			}
		})
	}
}

func TestParseErrorsNameTheLineOfBadJSON(t *testing.T) {
	for doc, line := range map[string]int{
		"":                         1,
		"{\n\"Statement\": [],\n}": 3,
		"{\n\"Statement\": [\n":    3,
		"{\"Statement\": []}\n{\"Statement\":[]}": 2,
	} {
		_, err := policy.Parse([]byte(doc))
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Invalid || e.Line != line {
			t.Errorf("%q: got %#v, want Invalid on line %d", doc, err, line)
		}
	}
}

func TestParseKeepsTheDocument(t *testing.T) {
	src := []byte("{ \"Statement\": {\"Sid\":\"a\",\"Effect\":\"Deny\",\"NotAction\":\"s3:Get*\"}}\n")
	want := string(src)
	doc, err := policy.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	clear(src)
	if string(doc.Raw()) != want {
		t.Errorf("Raw = %q, want %q", doc.Raw(), want)
	}
	if doc.Version != "2008-10-17" {
		t.Errorf("Version = %q; a document without one is of 2008-10-17", doc.Version)
	}
	text, err := json.Marshal(doc.Statements[0].NotAction)
	if err != nil || string(text) != `["s3:Get*"]` {
		t.Errorf("NotAction = %s, %v", text, err)
	}
}
