package mcpserver

import "strings"

// A hint is a part of all texts of a kind. To look for it costs a hundredth of
// what a pattern does, and most texts already lack its bytes.
type hint struct {
	text  string
	bytes byteSet
	pairs []uint16
}

func hints(texts ...string) []hint {
	var out []hint
	for _, text := range texts {
		text = strings.ToLower(text)
		var pairs []uint16
		for i := 1; i < len(text); i++ {
			pairs = append(pairs, pairOf(text[i-1], text[i]))
		}
		out = append(out, hint{text, bytesOf(text), pairs})
	}
	return out
}

// lowered is the lower case of a text, in which hints are looked for.
type lowered struct {
	text  string
	bytes byteSet
	pairs pairSet
}

func lower(text string) *lowered {
	text = strings.ToLower(text)
	l := &lowered{text: text, bytes: bytesOf(text)}
	for i := 1; i < len(text); i++ {
		p := pairOf(text[i-1], text[i])
		l.pairs[p>>6] |= 1 << (p & 63)
	}
	return l
}

// pairSet are the pairs of bytes that follow each other in a text, by a digest of
// twelve bits. Of most hints a text lacks one.
type pairSet [64]uint64

func pairOf(a, b byte) uint16 { return (uint16(a)*37 + uint16(b)*101) & 4095 }

func (s *pairSet) hold(pairs []uint16) bool {
	for _, p := range pairs {
		if s[p>>6]>>(p&63)&1 == 0 {
			return false
		}
	}
	return true
}

// holds tells whether a text has one of some hints.
func (l *lowered) holds(of []hint) bool {
	for i := range of {
		if of[i].bytes.within(&l.bytes) && l.pairs.hold(of[i].pairs) && strings.Contains(l.text, of[i].text) {
			return true
		}
	}
	return false
}

func (l *lowered) has(b byte) bool { return l.bytes[b>>6]>>(b&63)&1 == 1 }

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
