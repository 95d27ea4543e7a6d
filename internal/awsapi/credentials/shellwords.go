package credentials

import (
	"errors"
	"strings"
)

// errUnclosed is a quote or an escape without its end.
var errUnclosed = errors.New("a quote is not closed")

// shellWords splits a text into words as the aws CLI does, by Python's
// shlex.split: blanks separate, single quotes keep all, double quotes keep all
// but \" and \\, and outside of them \ keeps the next character.
//
// https://docs.python.org/3/library/shlex.html#parsing-rules
func shellWords(text string) ([]string, error) {
	var (
		words []string
		word  strings.Builder
		begun bool
		quote byte
	)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
			continue
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if i++; i == len(text) {
				return nil, errUnclosed
			}
			if quote == '"' && text[i] != '"' && text[i] != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(text[i])
		default:
			word.WriteByte(c)
		}
		begun = true
	}
	if quote != 0 {
		return nil, errUnclosed
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
