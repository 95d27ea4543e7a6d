package tool

import (
	"reflect"
	"strings"
)

// Field is one input field as its struct tags declare it:
//
//	json:"name,omitempty"   the name; without omitempty the field is required
//	jsonschema:"..."        what it is, in a phrase
//	enum:"a,b"              the only values allowed
//	default:"v"             the value where none is given, in JSON
//	min:"1" max:"100"       bounds of a number
//	empty:"text|blank|list" may be empty text, white space alone, an empty list; see refuseEmpty
//	format:"bucket"         a named syntax, see Formats
//	rest:"key"              a URI may stand here, whose second part is for this field, - for none; see URIs
//	complete:"s3.bucket"    what live values complete it on the command line
//	xor:"other,third"       fields that must not be given together with it
//	file:"read,write"       it may name a local file that is read, or written; stdio: - may stand for standard input or output
//	audit:"digest|omit"     record only size and HMAC of the value, or nothing
//	holds:"content"        the value is content, a key or a pattern, and names nothing in AWS
type Field struct {
	Name     string
	Doc      string
	Required bool
	Enum     []string
	Default  string
	Format   string
	Rest     string
	Complete string
	Xor      []string
	Audit    string
	File     []string
	Empty    []string
	Min, Max string
	Type     reflect.Type

	index []int
}

// fieldsOf reads the fields of an input struct, embedded structs included.
func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for _, sf := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Anonymous || !sf.IsExported() || name == "" || name == "-" {
			continue
		}
		fields = append(fields, Field{
			Name:     name,
			Doc:      sf.Tag.Get("jsonschema"),
			Required: !strings.Contains(options, "omit"),
			Enum:     list(sf.Tag.Get("enum")),
			Default:  sf.Tag.Get("default"),
			Format:   sf.Tag.Get("format"),
			Rest:     sf.Tag.Get("rest"),
			Complete: sf.Tag.Get("complete"),
			Xor:      list(sf.Tag.Get("xor")),
			Audit:    sf.Tag.Get("audit"),
			File:     list(sf.Tag.Get("file")),
			Empty:    list(sf.Tag.Get("empty")),
			Min:      sf.Tag.Get("min"),
			Max:      sf.Tag.Get("max"),
			Type:     sf.Type,
			index:    sf.Index,
		})
	}
	return fields
}

func list(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}
