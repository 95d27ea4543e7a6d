package config

import (
	"bytes"
	"path/filepath"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
)

// byteOrderMark begins the files that some editors of Windows write.
const byteOrderMark = "\ufeff"

// withoutMark returns a text without its byte order mark.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte(byteOrderMark)) }

// checkCharset refuses what is no text in UTF-8. The YAML library would read it as one
// long word.
func checkCharset(path string, text []byte) error {
	e := fault.New(fault.Invalid, "the file is not a text in UTF-8")
	e.File, e.Line = filepath.Clean(path), 1
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}), everySecondIsZero(text):
		return e.WithCause("it is in UTF-16").WithFix("save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW")
	case bytes.IndexByte(text, 0) >= 0:
		e.Line += bytes.Count(text[:bytes.IndexByte(text, 0)], []byte("\n"))
		return e.WithCause("it holds a zero byte, as programs and archives do").WithFix("name a text file, such as hawser.yaml")
	case !utf8.Valid(text):
		e.Line += bytes.Count(text[:firstInvalid(text)], []byte("\n"))
		return e.WithCause("a letter of this line is in another character set").WithFix("save it as UTF-8, or convert it: iconv -f ISO-8859-1 -t UTF-8 OLD > NEW")
	}
	return nil
}

// everySecondIsZero recognizes UTF-16 without its mark: every second byte of Latin
// letters is 0.
func everySecondIsZero(text []byte) bool {
	if len(text) < 8 {
		return false
	}
	return text[0] == 0 && text[2] == 0 && text[4] == 0 || text[1] == 0 && text[3] == 0 && text[5] == 0
}

// firstInvalid returns where the first byte is that is not UTF-8.
func firstInvalid(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}
