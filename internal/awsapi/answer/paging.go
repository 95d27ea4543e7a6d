package answer

import (
	"reflect"
	"slices"
	"strings"
)

// paging is how a listing goes on: the fields of the SDK's input with the token of a
// page, those of its output with the token of the next one, and the field that says
// whether there is a next page. A listing without that field ends where no token is.
type paging struct {
	token, next []string
	more        string
}

// The pagings of AWS's models.
//
// https://github.com/boto/botocore/tree/develop/botocore/data (paginators-1.json)
var (
	byNextToken                    = paging{[]string{"NextToken"}, []string{"NextToken"}, ""}
	byMarker                       = paging{[]string{"Marker"}, []string{"Marker"}, ""}
	byMarkerIfTruncated            = paging{[]string{"Marker"}, []string{"Marker"}, "IsTruncated"}
	byNextMarker                   = paging{[]string{"Marker"}, []string{"NextMarker"}, ""}
	byContinuationToken            = paging{[]string{"ContinuationToken"}, []string{"ContinuationToken"}, ""}
	byContinuationTokenIfTruncated = paging{[]string{"ContinuationToken"}, []string{"NextContinuationToken"}, "IsTruncated"}
	byVersion                      = paging{[]string{"KeyMarker", "VersionIdMarker"}, []string{"NextKeyMarker", "NextVersionIdMarker"}, "IsTruncated"}
)

// pagingOf returns the paging of an operation, if it is a listing.
func (s service) pagingOf(operation string) paging {
	if own := s.operations[operation].paging; own.next != nil {
		return own
	}
	return s.paging
}

// wrong returns what is wrong with a page: that others follow and it does not say
// where, or that the next page is this one. The SDK's paginators would end there as if
// the listing were complete, or never. Operations that do not list lack the fields.
func (p paging) wrong(input, output any) string {
	next := values(output, p.next)
	more := p.more != "" && isSet(field(output, p.more))
	switch {
	case more && (len(next) == 0 || next[0] == ""):
		return "it says that more follows, and has no " + p.next[0]
	case p.more != "" && !more, len(next) == 0 || next[0] == "":
		return ""
	case slices.Equal(next, values(input, p.token)):
		return "the listing does not end: " + strings.Join(p.next, " and ") + " of a page name the same page again"
	}
	return ""
}

// values returns texts of an input or output; none if it lacks a field.
func values(of any, names []string) []string {
	var texts []string
	for _, name := range names {
		v := field(of, name)
		switch {
		case !v.IsValid():
			return nil
		case v.Kind() == reflect.Pointer:
			v = v.Elem() // invalid for nil, which is the empty text
		}
		text := ""
		if v.Kind() == reflect.String {
			text = v.String()
		}
		texts = append(texts, text)
	}
	return texts
}

// field returns a field of a pointer to a struct; an invalid value if there is none.
func field(of any, name string) reflect.Value {
	v := reflect.ValueOf(of)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v.Elem().FieldByName(name)
}

// isSet reports whether a field is true.
func isSet(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v.Kind() == reflect.Bool && v.Bool()
}
