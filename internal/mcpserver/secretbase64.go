package mcpserver

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// shortestBase64 is the length of the shortest text in base64 that is read, and
// firstBase64 how much of it has to be text before all of it is decoded.
const (
	shortestBase64 = 40
	firstBase64    = 24
)

// inBase64 masks the texts in base64 that hold a secret, such as the user data of an
// instance, a key file or a configuration of Docker.
func (s scrubber) inBase64(text string, did *changes) string {
	if s.depth >= deepest {
		return text
	}
	s.depth++
	text = s.inAlphabet(text, standardSigns, did)
	if strings.ContainsAny(text, urlSigns) {
		text = s.inAlphabet(text, urlSigns, did)
	}
	return text
}

// standardSigns and urlSigns are the characters of base64 and of base64url that are
// neither letters nor digits.
//
// https://datatracker.ietf.org/doc/html/rfc4648#section-5
const (
	standardSigns = "+/"
	urlSigns      = "-_"
)

// inAlphabet masks the texts in base64 with some signs.
func (s scrubber) inAlphabet(text, signs string, did *changes) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		end := from
		for end < len(text) && base64Byte(text[end], signs) {
			end++
		}
		if signs == urlSigns { // no text begins with one
			from += len(text[from:end]) - len(strings.TrimLeft(text[from:end], urlSigns))
		}
		if end-from >= shortestBase64 && (signs == standardSigns || notStandard(text, from, end)) {
			var own changes
			inner, ok := decodedBase64(inStandard(text[from:end]))
			if ok && s.inside(inner, &own) || signs == standardSigns && storageKey(text[from:end], text[end:]) {
				did.masked++
				end += paddingOf(text[end:])
				out.WriteString(text[done:from] + mask)
				done = end
			}
		}
		from = end + 1
	}
	return out.String() + text[done:]
}

// inside tells whether a text holds a secret.
func (s scrubber) inside(text string, own *changes) bool {
	if _, json := s.inner(text, own); !json {
		s.masked(s.folded(text), own)
	}
	return own.masked > 0
}

// storageKey tells of the 64 bytes that are the key of an account of Azure.
func storageKey(run, rest string) bool {
	return len(run) == 86 && mixed(run) && strings.HasPrefix(rest, "==")
}

func base64Byte(b byte, signs string) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == signs[0] || b == signs[1]
}

// notStandard tells whether a run of base64url was not read in the standard alphabet.
func notStandard(text string, from, end int) bool {
	return strings.ContainsAny(text[from:end], urlSigns) || from > 0 && strings.IndexByte(standardSigns, text[from-1]) >= 0
}

// inStandard is a run of either alphabet in the standard one.
func inStandard(run string) string {
	return strings.ReplaceAll(strings.ReplaceAll(run, "-", "+"), "_", "/")
}

// paddingOf is the length of the padding that a text begins with.
func paddingOf(rest string) int { return len(rest) - len(strings.TrimLeft(rest, "=")) }

// decodedBase64 is the text that base64 encodes. It may have been cut.
func decodedBase64(s string) (string, bool) {
	first, err := base64.StdEncoding.DecodeString(s[:firstBase64])
	if err != nil {
		return "", false
	}
	order := orderOf(first)
	if order == nil && !readableText(string(first[:len(first)-utf8.UTFMax+1])) {
		return "", false
	}
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		raw, err = base64.StdEncoding.DecodeString(s[:len(s)/4*4])
	}
	if order != nil {
		return decodedUTF16(raw, order), err == nil
	}
	return string(raw), err == nil
}

// orderOf is the order of bytes of a text in UTF-16, as PowerShell encodes commands; nil
// where its beginning is none. Each letter of ASCII has a byte of zero.
func orderOf(first []byte) binary.ByteOrder {
	var zeros [2]int
	for i, b := range first {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[0] == 0 && zeros[1] > len(first)/4:
		return binary.LittleEndian
	case zeros[1] == 0 && zeros[0] > len(first)/4:
		return binary.BigEndian
	}
	return nil
}

func decodedUTF16(raw []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// readableText tells whether a text has only characters that are written in texts. Its
// last character may have been cut.
func readableText(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError && len(s)-i >= utf8.UTFMax || r != utf8.RuneError && !unicode.IsPrint(r) && !strings.ContainsRune("\r\n\t", r) {
			return false
		}
	}
	return true
}
