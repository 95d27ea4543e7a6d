// Package text knows the characters that do not show what they do, and writes
// texts so that a person sees each one. It has the one list of such characters
// that terminals, questions and agents use.
package text

import (
	"strings"
	"unicode"
)

// Class is what a character does.
type Class int

// The classes.
const (
	// Drawn characters show.
	Drawn Class = iota
	// Control characters are obeyed by terminals: C0, C1 and DEL.
	Control
	// Separator characters end a line or a paragraph: U+2028 and U+2029.
	Separator
	// Direction characters change the order in which others are drawn.
	Direction
	// Invisible characters are drawn as nothing: those of no width, tags,
	// fillers, the variation selectors of ideographs, and the other controls of
	// formats.
	Invisible
	// Joining characters are drawn as nothing or blank too, and scripts and emoji
	// need them: joiners, the variation selectors of symbols and of Mongolian,
	// and Braille's pattern without dots.
	Joining
)

// ClassOf is the class of a character. Beside controls and separators, it is not
// drawn where Unicode has it as a control of formats (Cf) or lets programs ignore
// it (Default_Ignorable_Code_Point), save the marks of Arabic and other scripts
// that are drawn around numbers.
//
// https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
func ClassOf(r rune) Class {
	switch {
	case r >= ' ' && r < 0x7f:
		return Drawn
	case unicode.IsControl(r):
		return Control
	case unicode.In(r, unicode.Zl, unicode.Zp):
		return Separator
	case unicode.Is(unicode.Bidi_Control, r):
		return Direction
	case joining(r):
		return Joining
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return Drawn
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return Invisible
	}
	return Drawn
}

func joining(r rune) bool {
	switch r {
	case '\u200c', '\u200d': // zero width non-joiner and joiner
		return true
	case '\u034f', '\u2800': // combining grapheme joiner, Braille's blank
		return true
	}
	return r < 0x10000 && unicode.Is(unicode.Variation_Selector, r)
}

// Hidden reports whether a character changes what others look like or is not
// drawn, and no script needs it. Line breaks and tabs are such.
func Hidden(r rune) bool {
	class := ClassOf(r)
	return class != Drawn && class != Joining
}

// Shows reports whether a person sees a character. Blanks other than the usual one
// do not show, nor does what is not a character of this Unicode version.
func Shows(r rune) bool { return unicode.IsPrint(r) && ClassOf(r) == Drawn }

// Visible is a text from outside of which a person sees every character: one
// that holds anything else than characters that show and single blanks between
// them is quoted.
func Visible(s string) string {
	plain := s != "" && s == strings.Join(strings.Fields(s), " ") && !strings.HasPrefix(s, `"`)
	if plain && !hasUnshown(s) {
		return s
	}
	return Quoted(s)
}

// Name returns a name from outside in the form for a sentence: quoted if it contains
// anything that could be read as part of the sentence, such as a blank, a comma, a
// question mark or a parenthesis, or anything that Visible quotes.
func Name(s string) string {
	if s == "" || hasUnshown(s) || strings.ContainsFunc(s, speaks) || strings.HasSuffix(s, ".") || strings.HasSuffix(s, ":") {
		return Quoted(s)
	}
	return s
}

// speaks reports whether a character parts words or sentences, or quotes them. Those
// that paths, ARNs and patterns are made of do not.
func speaks(r rune) bool {
	return r == ' ' || r == '`' || unicode.IsPunct(r) && !strings.ContainsRune(`/\._-:@#%&*[]{}`, r)
}
