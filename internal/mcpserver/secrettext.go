package mcpserver

import (
	"regexp"
	"strings"
)

// position is where a name stands in a text and where its value begins.
type position struct{ begin, name, nameEnd, value int }

// A finder finds the next place from an offset on.
type finder func(text string, from int) (position, bool)

// An extent is where a value begins and ends.
type extent func(text string, at position, of verdict) (from, to int)

// by finds the next place that a pattern does; the first group that is found is the name.
func by(pattern *regexp.Regexp) finder {
	return func(text string, from int) (position, bool) {
		at := pattern.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return position{}, false
		}
		name, end := at[2], at[3]
		for i := 4; name < 0; i += 2 { // of the other forms
			name, end = at[i], at[i+1]
		}
		return position{from + at[0], from + name, from + end, from + at[1]}, true
	}
}

// settings masks the values of settings in a text: environment variables, YAML,
// JSON that is not whole, headers, parameters of URLs, flags, attributes and
// elements.
func (s scrubber) settings(text string, low *lowered, did *changes) string {
	if !low.holds(s.names.hints) {
		return text
	}
	if low.holds(s.patterns.pairs) {
		text = s.values(text, by(s.patterns.attributes), s.pairExtent, did)
		if low.has('{') {
			text = s.values(text, s.reversed, s.reversedExtent, did)
		}
	}
	if low.has('<') {
		text = s.values(text, by(s.patterns.elements), elementExtent, did)
		text = s.values(text, by(s.patterns.entries), elementExtent, did)
		text = s.elements(text, did)
	}
	if low.has('(') {
		text = s.values(text, by(s.patterns.call), s.quotedExtent, did)
		if low.holds(s.patterns.setters) {
			text = s.values(text, by(s.patterns.setter), s.quotedExtent, did)
		}
		text = s.inserted(text, low, did)
	}
	if low.has('[') && low.holds(s.patterns.lists) {
		text = s.values(text, by(s.patterns.pairList), s.listExtent, did)
	}
	if low.has('\t') {
		text = s.values(text, tabbed, s.tabbedExtent, did)
	}
	if low.holds(s.patterns.heredocs) {
		text = s.values(text, by(s.patterns.opened), s.heredocExtent, did)
	}
	if low.holds(s.patterns.dumps) {
		text = s.values(text, by(s.patterns.dump), s.quotedExtent, did)
	}
	if low.holds(s.patterns.directives) {
		text = s.values(text, by(s.patterns.directive), s.lineExtent, did)
	}
	if low.has('-') {
		text = s.values(text, flag, s.flagExtent, did)
	}
	if low.has('{') && low.holds(s.patterns.declarations) {
		text = s.values(text, s.declared, s.expressionExtent, did)
	}
	return s.values(text, s.setting, s.settingExtent, did)
}

// values masks the values that next finds; end returns where a value ends.
func (s scrubber) values(text string, next finder, extent extent, did *changes) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		at, ok := next(text, from)
		if !ok {
			break
		}
		from = max(at.value, from+1)
		of := s.judgeAt(text, at)
		if of == noSecret || at.value < done {
			continue
		}
		begin, end := extent(text, at, of)
		if !s.secretValue(text[begin:end], of) {
			continue
		}
		did.masked++
		out.WriteString(text[done:begin] + mask)
		done, from = end, max(end, from)
	}
	return out.String() + text[done:]
}

// judgeAt is the verdict on the name at a place.
func (s scrubber) judgeAt(text string, at position) verdict {
	name, before := text[at.name:at.nameEnd], byte('\n')
	if at.name > 0 {
		before = text[at.name-1]
	}
	if strings.Contains(name, "%") {
		name = decodedFully(name)
		if i := strings.LastIndexFunc(name, func(r rune) bool { return r >= 0x80 || !nameByte(byte(r)) }); i >= 0 {
			before, name = name[i], name[i+1:]
		}
	}
	if before == ':' && at.nameEnd < len(text) && (text[at.nameEnd] == ':' || text[at.nameEnd] == '%') {
		return noSecret // a part of an ARN
	}
	if s.reveals(name) {
		return noSecret
	}
	of := s.judge(name)
	if inQuery := before == '?' || before == '&' || before == ';'; of == noSecret && inQuery && s.queryName(name) {
		return aSecret
	}
	return of
}
