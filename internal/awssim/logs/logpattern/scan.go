package logpattern

import (
	"fmt"
	"regexp"
	"strings"
)

// scanner walks over a pattern's text.
type scanner struct {
	text string
	at   int
}

func (s *scanner) done() bool   { return s.at >= len(s.text) }
func (s *scanner) rest() string { return s.text[s.at:] }

func (s *scanner) skipSpace() {
	s.at = len(s.text) - len(strings.TrimLeft(s.rest(), " \t\r\n"))
}

// oneOf takes the next byte if it is one of set, else gives 0.
func (s *scanner) oneOf(set string) byte {
	if s.done() || strings.IndexByte(set, s.text[s.at]) < 0 {
		return 0
	}
	s.at++
	return s.text[s.at-1]
}

// literal takes a word, spaces before it skipped, if it stands next.
func (s *scanner) literal(word string) bool {
	s.skipSpace()
	if !strings.HasPrefix(s.rest(), word) {
		return false
	}
	s.at += len(word)
	return true
}

// until takes all up to the first byte of stops.
func (s *scanner) until(stops string) string {
	end := strings.IndexAny(s.rest(), stops)
	if end < 0 {
		end = len(s.rest())
	}
	s.at += end
	return s.text[s.at-end : s.at]
}

// operand is what a message or a value in it is compared with.
type operand struct {
	text   string
	quoted bool
	regex  *regexp.Regexp
}

// value takes a quoted string, a %regular expression%, or a bare word that
// ends at one of stops.
func (s *scanner) value(stops string) (operand, error) {
	switch {
	case strings.HasPrefix(s.rest(), `"`):
		return s.quoted()
	case strings.HasPrefix(s.rest(), "%"):
		return s.regex()
	}
	word := s.until(stops)
	if word == "" {
		return operand{}, s.unexpected("a term")
	}
	return operand{text: word}, nil
}

func (s *scanner) quoted() (operand, error) {
	var b strings.Builder
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && i+1 < len(s.text):
			i++
			b.WriteByte(s.text[i])
		case c == '"':
			s.at = i + 1
			return operand{text: b.String(), quoted: true}, nil
		default:
			b.WriteByte(c)
		}
	}
	return operand{}, fmt.Errorf("the quotation that begins at %d has no end", s.at)
}

// allowedInRegex are the letters and operators a pattern may use between
// percent signs; groups are not among them.
var allowedInRegex = regexp.MustCompile(`^[A-Za-z0-9_:#=@/;, \-^$?\[\]{}|\\*+.]+$`)

func (s *scanner) regex() (operand, error) {
	start := s.at
	s.at++
	text := s.until("%")
	if s.oneOf("%") == 0 {
		return operand{}, fmt.Errorf("the regular expression that begins at %d has no end", start)
	}
	if !allowedInRegex.MatchString(text) {
		return operand{}, fmt.Errorf("the regular expression %%%s%% uses characters that filter patterns do not support", text)
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return operand{}, fmt.Errorf("the regular expression %%%s%% is not valid", text)
	}
	return operand{regex: compiled}, nil
}

func (s *scanner) unexpected(want string) error {
	return fmt.Errorf("%s was expected at %d", want, s.at)
}

// wildcard matches text against a form in which * stands for anything.
func wildcard(form, text string) bool {
	parts := strings.Split(form, "*")
	if len(parts) == 1 {
		return form == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(text, first) || !strings.HasSuffix(text[len(first):], last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
