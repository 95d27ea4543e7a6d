package strictjson

import "fmt"

// Problem is what is wrong with a text.
type Problem int

// The problems.
const (
	// Syntax: it is not JSON. Err says why, Offset where.
	Syntax Problem = iota
	// Trailing: something follows the value.
	Trailing
	// NotObject: it is a value of another Type.
	NotObject
	// Twice: the object at Path has the member Name twice.
	Twice
	// NotUnicode: the text at Path is not UTF-8, or has half of a surrogate pair.
	NotUnicode
	// TooDeep: values are nested deeper than Deepest.
	TooDeep
)

// Error says what is wrong with a text. Callers may write it in their own words.
type Error struct {
	Problem    Problem
	Path, Name string
	Type       string
	Offset     int64
	Err        error
}

// Error implements error.
func (e *Error) Error() string {
	switch e.Problem {
	case Trailing:
		return "something follows the JSON value"
	case NotObject:
		return "it is not an object: " + e.Type
	case Twice:
		return fmt.Sprintf("the member %q occurs twice in an object", e.Name)
	case NotUnicode:
		return "it has bytes that are not UTF-8, or half of a surrogate pair"
	case TooDeep:
		return fmt.Sprintf("it is nested deeper than %d levels", Deepest)
	default:
		return fmt.Sprintf("%v (at byte %d)", e.Err, e.Offset)
	}
}

// Unwrap returns the decoder's error.
func (e *Error) Unwrap() error { return e.Err }
