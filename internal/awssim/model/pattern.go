package model

import "regexp"

// Form is the pattern of a shape as Go has it, made on first use; nil for a
// shape without one. The error is for a pattern that Go cannot express: it asks
// for what follows or went before.
func (sh *Shape) Form() (*regexp.Regexp, error) {
	if sh.form == nil {
		return nil, nil
	}
	return sh.form()
}

// compile makes Go's form of a pattern. The patterns are Java's, and must match
// the whole of a value.
func compile(pattern string) (*regexp.Regexp, error) {
	if equal := equivalent(pattern); equal != "" {
		pattern = equal
	}
	return regexp.Compile(`^(?:` + codePoints(pattern) + `)$`)
}

// codePoints writes Java's \u0020 as Go's \x{0020}. AWS writes \u10000 and
// \u10FFFF for what lies beyond four digits.
func codePoints(pattern string) string {
	return regexp.MustCompile(`\\u(10FFFF|10000|[0-9A-Fa-f]{4})`).ReplaceAllString(pattern, `\x{$1}`)
}

// equivalent gives what matches the same texts and that Go can express, of the
// patterns that look ahead or back; empty where there is none.
func equivalent(pattern string) string {
	return map[string]string{
		// No name of digits alone.
		`((?!^\d+$)^[0-9a-zA-Z-_]+$)`:  `[0-9]*[a-zA-Z_-][0-9a-zA-Z_-]*`,
		`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`: `[0-9]*[a-zA-Z_-][0-9a-zA-Z_-]*`,
		// Something must follow P.
		`(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`: `-?P(` +
			`(\d+Y(\d+M)?(\d+[DW])?|\d+M(\d+[DW])?|\d+[DW])(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?` +
			`|T(\d+H(\d+M)?(\d+(\.\d+)?S)?|\d+M(\d+(\.\d+)?S)?|\d+(\.\d+)?S))`,
		// No dot at the end.
		`[0-9A-Za-z\.\-_]*(?<!\.)`: `([0-9A-Za-z._-]*[0-9A-Za-z_-])?`,
		// No two hyphens in a row; the length is checked by itself.
		`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`: `[a-z0-9](-?[a-z0-9])+`,
	}[pattern]
}

// Unexpressed lists the patterns among a service's inputs that Go cannot
// express, by the names of their shapes.
func (s *Service) Unexpressed() map[string]string {
	out := map[string]string{}
	for name, sh := range s.Shapes {
		if _, err := sh.Form(); err != nil {
			out[name] = sh.Pattern
		}
	}
	return out
}
