package text

import "bytes"

// TrimJSON is data without the white space of JSON at its ends: blanks, tabs, line
// feeds and carriage returns. Other white space is no part of JSON.
//
// https://datatracker.ietf.org/doc/html/rfc8259#section-2
func TrimJSON(data []byte) []byte { return bytes.Trim(data, " \t\r\n") }
