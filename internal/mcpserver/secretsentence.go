package mcpserver

import (
	"regexp"
	"strings"
	"unicode"
)

// sentenceShapes are secrets that a sentence tells, behind a word such as password.
// Only what looks like a secret is one: most words behind "the password is" are none.
func sentenceShapes(secretLike func(string) bool) []shape {
	const what = `(?i)\b(?:pass(?:word|phrase|code|wd)|secret|token|api[ -]?key|access[ -]?key)\b`
	said := behind("password", "passphrase", "passcode", "passwd", "secret", "token", "key")
	return []shape{
		of(secretLike, what+`["'”]?\s+(?:(?:(?:is|was|has been)\s+)?(?:(?:re)?set|changed)\s+to|is|was|will be)\s*:?\s+["'\x60“]?(?P<s>[^\s"'\x60”]+)`, said(" is", " was", " has", " will", " set", " reset", " changed")...),
		of(secretLike, what+`\s+["'\x60“](?P<s>[^\s"'\x60”]+)`, said(` "`, " '", " `", " “")...),
		of(secretLike, `(?i)\bpassword\s+(?:\d\s+)?(?P<s>[^\s"'=:]+)`, "password ", "password\t"),
		of(secretLike, what+`["'\]]*\s*(?:->|→)\s*["']?(?P<s>[^\s"',;]+)`, "->", "→"),
	}
}

// behind makes hints of words with what follows them.
func behind(words ...string) func(next ...string) []string {
	return func(next ...string) []string {
		var out []string
		for _, word := range words {
			for _, n := range next {
				out = append(out, word+n)
			}
		}
		return out
	}
}

// newSecretLike makes the function that tells what looks like a secret from words,
// numbers, times, versions, names and identifiers.
func newSecretLike() func(string) bool {
	other := regexp.MustCompile(`^(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[a-z]+-[0-9a-f]{8,17}|v?\d+(?:[.:/-]\d+)+\S*|\d[\d,.]*[A-Za-z%]{0,5}|` +
		`arn:\S*|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|sha\d+:\S*|\[masked\S*|[a-z0-9_-]*(?:[./][a-z0-9_-]*)+|[\w-]+=[^=].*|[$%{<(].*)$`)
	return func(s string) bool {
		s = strings.TrimRight(s, ".,;:!?)]}")
		letters := strings.ContainsFunc(s, unicode.IsLetter)
		return len(s) >= 6 && letters && (strings.ContainsAny(s, "!@#$^&*") || strings.ContainsFunc(s, unicode.IsDigit)) &&
			!strings.Contains(s, "://") && !other.MatchString(s)
	}
}
