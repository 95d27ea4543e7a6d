package wire

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/awssim/model"
)

// reader decodes one request and gathers what the model does not allow in it.
type reader struct {
	*Codec
	ec2      bool
	path     []step
	location string
	found    []Violation
}

// step is a part of a value's place: in AWS's words, and as the request has it.
type step struct{ path, name string }

// at goes down to a member while f runs.
func (r *reader) at(s step, f func() error) error {
	r.path = append(r.path, s)
	err := f()
	r.path = r.path[:len(r.path)-1]
	return err
}

// memberStep is that of a structure's member.
func (r *reader) memberStep(name string, ref *model.Ref) step {
	wire := name
	if r.ec2 {
		wire = ec2Name(name, ref)
	}
	return step{lowerFirst(name), wire}
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// itemStep is that of a list's element. AWS shows elements that are structures
// as "1.member".
func (r *reader) itemStep(i int, ref *model.Ref) step {
	number := strconv.Itoa(i + 1)
	s := step{number, number}
	if ref.Shape.Member.Shape.Type == "structure" {
		s.path += ".member"
	}
	if !r.ec2 && !isFlat(ref) {
		s.name = "member." + number
	}
	return s
}

// violated notes a violation at the place where the reader is.
func (r *reader) violated(v Violation) {
	paths := make([]string, len(r.path))
	for i, s := range r.path {
		paths[i] = s.path
	}
	v.Path, v.Name, v.Location = strings.Join(paths, "."), r.name(), r.location
	r.found = append(r.found, v)
}

// name is the place where the reader is, as the request has it.
func (r *reader) name() string {
	names := make([]string, len(r.path))
	for i, s := range r.path {
		names[i] = s.name
	}
	return strings.Join(names, ".")
}

// lacks notes a member that is required and missing.
func (r *reader) lacks(sh *model.Shape, name string) {
	if !slices.Contains(sh.Required, name) {
		return
	}
	ref := sh.Members[name]
	_ = r.at(r.memberStep(name, ref), func() error {
		r.violated(Violation{Constraint: Required, Shape: ref.Shape})
		return nil
	})
}

// check holds a value that was set against its shape.
func (r *reader) check(sh *model.Shape, v reflect.Value) {
	if c, bad := breach(sh, v); bad {
		r.violated(Violation{Constraint: c, Shape: sh, Value: shownValue(v)})
	}
}

// checkItems holds the texts of a list against their shape. AWS tells of the
// list, and of all that its elements must satisfy.
func (r *reader) checkItems(sh *model.Shape, v reflect.Value) {
	item := sh.Member.Shape
	for i := range v.Len() {
		if c, bad := breach(item, v.Index(i)); bad {
			r.violated(Violation{Constraint: c, Shape: item, Value: shownValue(v), texts: demands(item)})
			return
		}
	}
}

// breach finds what a value fails to satisfy.
func breach(sh *model.Shape, v reflect.Value) (c Constraint, bad bool) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return breachOfText(sh, v.String())
	case reflect.Slice, reflect.Map:
		return outside(sh, float64(v.Len()), TooShort, TooLong)
	case reflect.Int, reflect.Int32, reflect.Int64:
		return outside(sh, float64(v.Int()), TooSmall, TooLarge)
	case reflect.Float32, reflect.Float64:
		return outside(sh, v.Float(), TooSmall, TooLarge)
	}
	return 0, false
}

func breachOfText(sh *model.Shape, text string) (Constraint, bool) {
	if len(sh.Enum) > 0 && !slices.Contains(sh.Enum, text) {
		return OutsideEnum, true
	}
	if c, bad := outside(sh, float64(utf8.RuneCountInString(text)), TooShort, TooLong); bad {
		return c, true
	}
	form, err := sh.Form()
	return OutsidePattern, err == nil && form != nil && !form.MatchString(text)
}

func outside(sh *model.Shape, n float64, low, high Constraint) (Constraint, bool) {
	switch {
	case math.IsNaN(n):
	case sh.Min != nil && n < *sh.Min:
		return low, true
	case sh.Max != nil && n > *sh.Max:
		return high, true
	}
	return 0, false
}

// shownValue is a value in a message.
func shownValue(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return shownBytes(v.Bytes())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = v.Index(i).String()
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Map:
		return fmt.Sprintf("[%d elements]", v.Len())
	}
	return fmt.Sprint(v.Interface())
}
