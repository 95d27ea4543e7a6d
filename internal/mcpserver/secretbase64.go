package mcpserver

import (
	"encoding/base64"
	"strings"
	"unicode"
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
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		end := from
		for end < len(text) && base64Byte(text[end]) {
			end++
		}
		if end-from >= shortestBase64 {
			var own changes
			inner, ok := decodedBase64(text[from:end])
			if ok && s.inside(inner, &own) || storageKey(text[from:end], text[end:]) {
				did.masked++
				for end < len(text) && text[end] == '=' {
					end++
				}
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

func base64Byte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '+' || b == '/'
}

// decodedBase64 is the text that base64 encodes. It may have been cut.
func decodedBase64(s string) (string, bool) {
	first, err := base64.StdEncoding.DecodeString(s[:firstBase64])
	if err != nil || !readableText(string(first[:len(first)-utf8.UTFMax+1])) {
		return "", false
	}
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		raw, err = base64.StdEncoding.DecodeString(s[:len(s)/4*4])
	}
	return string(raw), err == nil
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
