package tool

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// Normal returns an input as the tool receives it: without the optional fields that are
// null, with integers written as integers (2 for 2.0), and with URIs taken apart (see
// Info.URIs). Doors compare inputs in this form. An invalid input is returned unchanged;
// Registry.Call says what is wrong with it.
func (t *Tool) Normal(input json.RawMessage) json.RawMessage {
	_, given, err := t.check.decoded(input)
	if err != nil {
		return input
	}
	return given
}

// decoded reads an input as one JSON object and normalizes it. It returns the values
// and their JSON, which is raw itself if nothing had to change.
func (c *checker) decoded(raw json.RawMessage) (map[string]any, json.RawMessage, error) {
	if len(text.TrimJSON(raw)) == 0 {
		raw = json.RawMessage("{}")
	}
	values, err := strictObject(raw)
	if err != nil {
		return nil, nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "the input cannot be read").WithCause("%v", err)
	}
	changed := false
	for name, v := range values {
		child := member(c.schema, name)
		if absent(c.schema, child, name, v) {
			delete(values, name)
			delete(members, name)
			changed = true
			continue
		}
		normal, other := normalised(child, v)
		if !other {
			continue // its own bytes are kept, as payloads are sent byte by byte
		}
		changed, values[name] = true, normal
		if members[name], err = json.Marshal(normal); err != nil {
			return nil, nil, fault.Wrap(err, fault.Internal, "%s cannot be written as JSON", name)
		}
	}
	apart, err := c.takeApart(values, members)
	if err != nil {
		return nil, nil, err
	}
	if !changed && !apart {
		return values, raw, nil
	}
	raw, err = json.Marshal(members)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "the input cannot be written as JSON")
	}
	return values, raw, nil
}

// normalised returns a value in the form of its schema, and whether it changed. Objects
// are changed in place.
func normalised(s *jsonschema.Schema, v any) (any, bool) {
	if s == nil || isAny(s) {
		return v, false
	}
	changed := false
	switch v := v.(type) {
	case json.Number:
		if s.Type != "integer" {
			return v, false
		}
		n, ok := wholeNumber(v.String())
		return json.Number(n), ok && n != v.String()
	case []any:
		for i := range v {
			var other bool
			v[i], other = normalised(s.Items, v[i])
			changed = changed || other
		}
	case map[string]any:
		for name, value := range v {
			child := member(s, name)
			if absent(s, child, name, value) {
				delete(v, name)
				changed = true
				continue
			}
			var other bool
			v[name], other = normalised(child, value)
			changed = changed || other
		}
	}
	return v, changed
}

// member returns the schema of an object's member; nil if the member is unknown.
func member(s *jsonschema.Schema, name string) *jsonschema.Schema {
	if child, ok := s.Properties[name]; ok {
		return child
	}
	if closed(s) {
		return nil
	}
	return s.AdditionalProperties
}

// absent reports whether a member counts as not given: it is null, it is not required,
// and its schema does not allow null.
func absent(s, child *jsonschema.Schema, name string, v any) bool {
	return v == nil && child != nil && !isAny(child) && !slices.Contains(s.Required, name)
}

const (
	// maxDigits is how many zeros an exponent may add; no field holds a longer integer.
	maxDigits = 20
	// maxExponent bounds exponents, so that sums with them do not overflow.
	maxExponent = 1 << 40
)

// wholeNumber writes a JSON number whose value is an integer without fraction and
// exponent. The value is exact. Integers that need more than maxDigits zeros stay as
// they are written.
func wholeNumber(text string) (string, bool) {
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	sign, whole := cutSign(whole)
	digits := strings.TrimRight(whole+fraction, "0")
	if strings.Trim(digits, "0") == "" {
		return "0", true
	}
	exponent, err := strconv.ParseInt(cmp.Or(power, "0"), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return text, false
	}
	// The decimal point is after this many digits. No text is long enough to compensate
	// for an exponent at the bounds.
	point := int64(len(whole)) + min(max(exponent, -maxExponent), maxExponent)
	switch {
	case point < int64(len(digits)):
		return text, false
	case point > int64(len(digits)+maxDigits):
		return text, true
	}
	digits += strings.Repeat("0", int(point)-len(digits))
	return sign + strings.TrimLeft(digits, "0"), true
}

func cutSign(digits string) (sign, rest string) {
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		return "-", rest
	}
	return "", digits
}

// fitsInteger reports whether a number fits in the integer fields of inputs.
func fitsInteger(n json.Number) bool {
	_, err := strconv.ParseInt(n.String(), 10, 64)
	return err == nil
}
