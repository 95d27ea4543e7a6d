package reference

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A compiled pattern is a slice of runes in which these stand for wildcards,
// so that a literal asterisk can be told from one.
const (
	star     rune = -1 - iota // any run of characters
	one                       // any character
	starPart                  // any run of characters but a colon
	onePart                   // any character but a colon
)

// glob reports whether code matches all of s. Two marks are enough to go
// back to: a star that can't cross a colon has, between two colons, its
// leftmost match as its best, so only the latest of each sort is retried.
func glob(code []rune, s string) bool {
	type mark struct{ code, text int }
	none := mark{-1, 0}
	free, part := none, none
	i, j := 0, 0
	for {
		for i < len(code) && (code[i] == star || code[i] == starPart) {
			i++
			if code[i-1] == star {
				free, part = mark{i, j}, none
			} else {
				part = mark{i, j}
			}
		}
		if j == len(s) {
			return i == len(code)
		}
		r, size := utf8.DecodeRuneInString(s[j:])
		if i < len(code) && oneMatches(code[i], r) {
			i, j = i+1, j+size
			continue
		}
		switch {
		case part != none && s[part.text] != ':':
			part.text += runeLen(s, part.text)
			i, j = part.code, part.text
		case free != none:
			free.text += runeLen(s, free.text)
			i, j, part = free.code, free.text, none
		default:
			return false
		}
	}
}

func oneMatches(code, r rune) bool {
	return code == r || code == one || code == onePart && r != ':'
}

func runeLen(s string, at int) int {
	_, size := utf8.DecodeRuneInString(s[at:])
	return size
}

// globARN matches as ArnLike does: each of the six parts of the ARN by
// itself, the last one taking all remaining colons. A lone star matches any
// text.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func globARN(code []rune, s string) bool {
	if len(code) == 1 && code[0] == star {
		return true
	}
	for range 5 {
		i, j := slices.Index(code, ':'), strings.IndexByte(s, ':')
		if i < 0 || j < 0 || !glob(code[:i], s[:j]) {
			return false
		}
		code, s = code[i+1:], s[j+1:]
	}
	return glob(code, s)
}
