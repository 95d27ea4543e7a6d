package wire

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
)

// Constraint is what a value of an input fails to satisfy.
type Constraint int

// The constraints.
const (
	Required Constraint = iota // a member is missing
	TooShort
	TooLong
	TooSmall
	TooLarge
	OutsideEnum
	OutsidePattern
	SeveralSet // more than one member of a union
)

// Violation is a value of an input that the model does not allow.
type Violation struct {
	Constraint Constraint
	// Path is the value's place in AWS's words: "tags.1.member.key".
	Path string
	// Name is its place as the request has it: "Tag.1.Key".
	Name string
	// Value is shown in messages; empty for what is missing, and for secrets.
	Value string
	// Location is that of the input's member: "header", "uri", "querystring" or
	// empty for the body.
	Location string
	Shape    *model.Shape

	texts []string // what the elements of a list fail to satisfy
}

// Invalid is an input that the model does not allow.
type Invalid struct {
	Operation  *model.Operation
	Violations []Violation
}

// Error is the text of most services for it.
func (e *Invalid) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Text()
	}
	noun := "errors"
	if len(texts) == 1 {
		noun = "error"
	}
	return fmt.Sprintf("%d validation %s detected: %s", len(texts), noun, strings.Join(texts, "; "))
}

// Text is the violation in the words of most services.
func (v Violation) Text() string {
	return v.shown() + " failed to satisfy constraint: " + v.Demand()
}

// shown is the value and its place. Secrets are not shown.
func (v Violation) shown() string {
	switch {
	case v.Constraint == Required:
		return "Value null at '" + v.Path + "'"
	case v.Shape.Sensitive:
		return "Value at '" + v.Path + "'"
	}
	return "Value '" + v.Value + "' at '" + v.Path + "'"
}

// Demand is what the value must be like.
func (v Violation) Demand() string {
	if len(v.texts) > 0 {
		return "Member must satisfy constraint: [" + strings.Join(v.texts, ", ") + "]"
	}
	return demand(v.Constraint, v.Shape)
}

func demand(c Constraint, sh *model.Shape) string {
	switch c {
	case TooShort:
		return "Member must have length greater than or equal to " + number(sh.Min)
	case TooLong:
		return "Member must have length less than or equal to " + number(sh.Max)
	case TooSmall:
		return "Member must have value greater than or equal to " + number(sh.Min)
	case TooLarge:
		return "Member must have value less than or equal to " + number(sh.Max)
	case OutsideEnum:
		return "Member must satisfy enum value set: [" + strings.Join(sh.Enum, ", ") + "]"
	case OutsidePattern:
		return "Member must satisfy regular expression pattern: " + sh.Pattern
	case SeveralSet:
		return "Member must have exactly one of its members set"
	}
	return "Member must not be null"
}

// demands are all that a shape asks of a text.
func demands(sh *model.Shape) []string {
	var out []string
	if sh.Max != nil {
		out = append(out, demand(TooLong, sh))
	}
	if sh.Min != nil {
		out = append(out, demand(TooShort, sh))
	}
	if sh.Pattern != "" {
		out = append(out, demand(OutsidePattern, sh))
	}
	if len(sh.Enum) > 0 {
		out = append(out, demand(OutsideEnum, sh))
	}
	return out
}

func number(f *float64) string { return strconv.FormatFloat(*f, 'f', -1, 64) }

// shownBytes is a blob in a message.
func shownBytes(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
