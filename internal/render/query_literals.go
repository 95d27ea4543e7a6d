package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jmespath-community/go-jmespath/pkg/parsing"
)

// numberMark stands before a number that is written as a text.
const numberMark = "\x00number "

// marked is an expression in a form that the library reads without loss.
type marked struct {
	expression, text string
	// origins has the place in expression for each byte of text.
	origins []int
}

// markNumbers writes the numbers in an expression's literals as texts, as the library
// would round them, and literals that are no JSON as the texts that the aws CLI takes them
// for.
func markNumbers(expression string) (marked, error) {
	m := marked{expression: expression}
	for at := 0; at < len(expression); {
		rest, length := expression[at:], 1
		if strings.ContainsRune("'\"`", rune(rest[0])) {
			closed := false
			if length, closed = quotedLength(rest); !closed {
				return m, fmt.Errorf("the %s of character %d is not closed", quoteName(rest[0]), m.character(at))
			}
		}
		part := rest[:length]
		if part[0] == '`' {
			literal, ok := markedLiteral(part)
			if !ok {
				return m, fmt.Errorf("the literal %s of character %d can't be read", part, m.character(at))
			}
			part = literal
		}
		m.text += part
		for range len(part) {
			m.origins = append(m.origins, at)
		}
		at += length
	}
	return m, nil
}

func quoteName(quote byte) string {
	switch quote {
	case '"':
		return "double quote"
	case '`':
		return "backtick"
	}
	return "single quote"
}

// character is the place of a byte, counted in characters from 1.
func (m marked) character(at int) int { return utf8.RuneCountInString(m.expression[:at]) + 1 }

// problem says where the library could not read on.
func (m marked) problem(err error) error {
	var syntax parsing.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New("a number or a name in it can't be read")
	}
	if syntax.Offset < 0 || syntax.Offset >= len(m.origins) {
		return errors.New("it ends too early: a value, a name or a bracket is missing")
	}
	at := m.origins[syntax.Offset]
	rest := []rune(m.expression[at:])
	return fmt.Errorf("it can't be read from character %d on: %s", m.character(at), string(rest[:min(len(rest), 20)]))
}

// quotedLength is the length of the quoted text at the beginning of an expression, with
// its quotes; closed is false if the second one is missing.
func quotedLength(text string) (length int, closed bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1, true
		}
	}
	return len(text), false
}

// markedLiteral writes a literal anew. One that is no JSON is the text that it would be in
// double quotes, which is deprecated, but is what people of the aws CLI type.
//
// https://jmespath.site/main/jmespath-enhancement-proposals/jep-12-raw-string-literals.html
func markedLiteral(literal string) (string, bool) {
	inner := strings.ReplaceAll(literal[1:len(literal)-1], "\\`", "`")
	v, err := exactJSON([]byte(inner))
	if err != nil {
		v, err = exactJSON([]byte(`"` + strings.TrimLeft(inner, " \t\r\n") + `"`))
	}
	if err != nil {
		return "", false
	}
	raw, err := json.Marshal(converted(v, func(v any) any {
		if n, ok := v.(json.Number); ok {
			return numberMark + n.String()
		}
		return v
	}))
	return "`" + strings.ReplaceAll(string(raw), "`", `\u0060`) + "`", err == nil
}
