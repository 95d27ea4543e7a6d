package mcpserver

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encoded are the bytes that begin an encoded character.
const encoded = `\&%`

// decodedLetters decodes the characters of names: letters, digits and some others that
// are encoded as in JSON (\u0077), YAML (\x77), HTML (&#119;) or URLs (%77). None of
// them can end a value.
func decodedLetters(text string) string {
	return decoded(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' })
}

// decodedAll decodes all encoded characters that are visible.
func decodedAll(text string) string {
	return decoded(text, func(r rune) bool { return r == ' ' || unicode.IsGraphic(r) && !blank(r) })
}

// layers is how many times a text may be encoded.
const layers = 4

// decodedFully is a text in which nothing is encoded any more.
func decodedFully(text string) string {
	for range layers {
		next := decodedAll(text)
		if next == text {
			break
		}
		text = next
	}
	return text
}

func decoded(text string, wanted func(rune) bool) string {
	at := strings.IndexAny(text, encoded)
	if at < 0 {
		return text
	}
	var out strings.Builder
	for at >= 0 {
		out.WriteString(text[:at])
		text = text[at:]
		r, n := encodedRune(text)
		if n > 0 && wanted(r) {
			out.WriteRune(r)
		} else {
			n = max(1, len(text)-len(strings.TrimLeft(text, `\`)))
			out.WriteString(text[:n])
		}
		text = text[n:]
		at = strings.IndexAny(text, encoded)
	}
	return out.String() + text
}

// encodedRune is the encoded character that a text begins with, and its length;
// 0 where it begins with none.
func encodedRune(text string) (rune, int) {
	switch text[0] {
	case '\\':
		return escapedRune(text)
	case '&':
		return entity(text)
	}
	rest := text[1:]
	for strings.HasPrefix(rest, "25") && len(rest) >= 4 && hexDigits(rest[2:4]) {
		rest = rest[2:]
	}
	if r, ok := hexRune(rest, 2); ok && r < utf8.RuneSelf {
		return r, len(text) - len(rest) + 2
	}
	return 0, 0
}

func escapedRune(text string) (rune, int) {
	rest := strings.TrimLeft(text, `\`)
	slashes := len(text) - len(rest)
	if rest == "" {
		return 0, 0
	}
	digits := map[byte]int{'u': 4, 'x': 2, 'U': 8}[rest[0]]
	if digits == 0 {
		return 0, 0
	}
	if r, ok := hexRune(rest[1:], digits); ok {
		return r, slashes + 1 + digits
	}
	return 0, 0
}

// entity is the character that an entity of HTML is, which may be encoded itself.
func entity(text string) (rune, int) {
	rest := text[1:]
	for strings.HasPrefix(rest, "amp;") {
		rest = rest[len("amp;"):]
	}
	end := strings.IndexByte(rest[:min(len(rest), 12)], ';')
	if end <= 0 {
		if len(rest) < len(text)-1 {
			return '&', len("&amp;")
		}
		return 0, 0
	}
	character := html.UnescapeString("&" + rest[:end+1])
	r, size := utf8.DecodeRuneInString(character)
	if size != len(character) || r == utf8.RuneError {
		if len(rest) < len(text)-1 {
			return '&', len("&amp;")
		}
		return 0, 0
	}
	return r, len(text) - len(rest) + end + 1
}

func hexRune(text string, digits int) (rune, bool) {
	if len(text) < digits || !hexDigits(text[:digits]) {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:digits], 16, 32)
	return rune(n), err == nil && n <= unicode.MaxRune && utf8.ValidRune(rune(n))
}

func hexDigits(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.Is(unicode.ASCII_Hex_Digit, r) }) < 0
}
