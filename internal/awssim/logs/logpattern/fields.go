package logpattern

import "strings"

// fieldTest decides on one field of a message; nil takes any.
type fieldTest func(string) bool

// parseFields compiles [name, name = value, ...]: a message is split at spaces,
// and each field must fit. An ellipsis stands for any number of fields.
func parseFields(text string) (func(string) bool, error) {
	in := &scanner{text: text}
	in.literal("[")
	var before, after []fieldTest
	open := false
	for {
		in.skipSpace()
		if in.literal("...") {
			if open {
				return nil, in.unexpected("one ellipsis at most")
			}
			open = true
		} else {
			test, err := in.field()
			if err != nil {
				return nil, err
			}
			if open {
				after = append(after, test)
			} else {
				before = append(before, test)
			}
		}
		if in.literal("]") {
			break
		}
		if !in.literal(",") {
			return nil, in.unexpected("a comma or ]")
		}
	}
	if in.skipSpace(); !in.done() {
		return nil, in.unexpected("the pattern's end")
	}
	return func(message string) bool { return fieldsFit(splitFields(message), before, after, open) }, nil
}

// field takes a field's name, and conditions on it joined by && or ||.
func (s *scanner) field() (fieldTest, error) {
	var holds fieldTest
	join := ""
	for {
		s.skipSpace()
		if s.until(" \t\r\n,]=<>!&|") == "" && join == "" {
			return nil, s.unexpected("a field's name")
		}
		s.skipSpace()
		if join == "" && strings.IndexAny(s.rest(), ",]") == 0 {
			return nil, nil //nolint:nilnil // a bare name takes any field
		}
		c, err := s.comparison(" \t\r\n,]&|")
		if err != nil {
			return nil, err
		}
		holds = joined(join, holds, c.string)
		switch {
		case s.literal("&&"):
			join = "&&"
		case s.literal("||"):
			join = "||"
		default:
			return holds, nil
		}
	}
}

func joined(join string, first, second fieldTest) fieldTest {
	switch join {
	case "&&":
		return func(v string) bool { return first(v) && second(v) }
	case "||":
		return func(v string) bool { return first(v) || second(v) }
	}
	return second
}

func fieldsFit(fields []string, before, after []fieldTest, open bool) bool {
	want := len(before) + len(after)
	if len(fields) < want || (!open && len(fields) != want) {
		return false
	}
	return allFit(fields[:len(before)], before) && allFit(fields[len(fields)-len(after):], after)
}

func allFit(fields []string, tests []fieldTest) bool {
	for i, test := range tests {
		if test != nil && !test(fields[i]) {
			return false
		}
	}
	return true
}

// splitFields splits a message at spaces; what stands in quotation marks or
// square brackets is one field.
func splitFields(message string) []string {
	var fields []string
	for rest := strings.TrimSpace(message); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		field, after := nextField(rest)
		fields = append(fields, field)
		rest = after
	}
	return fields
}

func nextField(rest string) (field, after string) {
	if closing, ok := map[byte]string{'"': `"`, '[': "]"}[rest[0]]; ok {
		if end := strings.Index(rest[1:], closing); end >= 0 {
			return rest[1 : 1+end], rest[2+end:]
		}
	}
	if end := strings.IndexAny(rest, " \t\r\n"); end >= 0 {
		return rest[:end], rest[end:]
	}
	return rest, ""
}
