package logpattern

import "strings"

// parseTerms compiles a pattern for unstructured messages: all plain terms
// and none of the -terms must occur; ?terms are alternatives, and ignored
// beside terms of the other sorts, as the documentation says.
func parseTerms(text string) (func(string) bool, error) {
	var all, none, any []func(string) bool
	in := &scanner{text: text}
	for in.skipSpace(); !in.done(); in.skipSpace() {
		sort := in.oneOf("-?")
		term, err := in.value(" \t\n")
		if err != nil {
			return nil, err
		}
		contains := term.within()
		switch sort {
		case '-':
			none = append(none, contains)
		case '?':
			any = append(any, contains)
		default:
			all = append(all, contains)
		}
	}
	return func(message string) bool {
		if len(all)+len(none) == 0 && len(any) > 0 {
			return some(any, message)
		}
		return every(all, message) && !some(none, message)
	}, nil
}

// within matches a message that contains the term anywhere.
func (o operand) within() func(string) bool {
	if o.regex != nil {
		return o.regex.MatchString
	}
	return func(message string) bool { return strings.Contains(message, o.text) }
}

func every(tests []func(string) bool, message string) bool {
	for _, test := range tests {
		if !test(message) {
			return false
		}
	}
	return true
}

func some(tests []func(string) bool, message string) bool {
	for _, test := range tests {
		if test(message) {
			return true
		}
	}
	return false
}
