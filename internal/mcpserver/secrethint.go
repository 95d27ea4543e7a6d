package mcpserver

import "strings"

// A hint is a part of all texts of a kind. To look for it costs a hundredth of
// what a pattern does, and most texts already lack its bytes.
type hint struct {
	text  string
	bytes byteSet
}

func hints(texts ...string) []hint {
	var out []hint
	for _, text := range texts {
		text = strings.ToLower(text)
		out = append(out, hint{text, bytesOf(text)})
	}
	return out
}

// lowered is the lower case of a text, in which hints are looked for.
type lowered struct {
	text  string
	bytes byteSet
}

func lower(text string) lowered {
	text = strings.ToLower(text)
	return lowered{text, bytesOf(text)}
}

// holds tells whether a text has one of some hints.
func (l lowered) holds(of []hint) bool {
	for i := range of {
		if of[i].bytes.within(&l.bytes) && strings.Contains(l.text, of[i].text) {
			return true
		}
	}
	return false
}

func (l lowered) has(b byte) bool { return l.bytes[b>>6]>>(b&63)&1 == 1 }

// byteSet are the bytes of a text.
type byteSet [4]uint64

func bytesOf(text string) byteSet {
	var set byteSet
	for i := range len(text) {
		set[text[i]>>6] |= 1 << (text[i] & 63)
	}
	return set
}

// within tells whether a set holds no bytes that another lacks. Hints are ASCII.
func (s *byteSet) within(of *byteSet) bool { return s[0]&^of[0] == 0 && s[1]&^of[1] == 0 }
