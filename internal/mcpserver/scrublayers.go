package mcpserver

import (
	"bytes"
	"encoding/json"
	"strings"
)

func (s scrubber) string(text string, shown bool, did *changes) string {
	text = plain(text, did)
	if shown {
		return text
	}
	if inner, ok := s.inner(text, did); ok {
		return inner
	}
	var found changes
	masked := s.masked(s.folded(text), &found)
	if found.masked == 0 {
		return text
	}
	did.masked += found.masked
	return masked
}

// masked returns a text, in the form that folded returns, with its secrets masked. It
// searches the text unchanged, then with encoded letters decoded, then with everything
// decoded. Decoding letters first adds no character that could end a value.
func (s scrubber) masked(text string, did *changes) string {
	text = s.layer(text, did)
	reading := text
	for range layers {
		next := decodedLetters(reading)
		if next == reading {
			next = decodedAll(reading)
		}
		if next == reading {
			break
		}
		var own changes
		if reading = s.layer(next, &own); own.masked > 0 {
			did.masked += own.masked
			text = reading
		}
	}
	return text
}

// layer masks in a text as it stands.
func (s scrubber) layer(text string, did *changes) string {
	if !suspicious(text) {
		return text
	}
	low := lower(text)
	if low.has('{') && low.holds(s.embeds.objects) {
		text = s.embedded(text, did)
		low = lower(text)
	}
	if len(text) >= shortestBase64 {
		text = s.inBase64(text, did)
	}
	if low.has('\n') && low.holds(s.names.hints) {
		text = s.lines(text, low, did)
	}
	for _, sh := range s.shapes {
		if low.holds(sh.hints) {
			text = sh.mask(text, did)
		}
	}
	return s.settings(text, low, did)
}

// lines masks values that are on other lines than their names.
func (s scrubber) lines(text string, low *lowered, did *changes) string {
	if low.has(':') {
		text = s.blocks(text, low, did)
		if low.holds(s.patterns.members) {
			text = s.pairs(text, did)
		}
	}
	if low.has('[') {
		text = s.sections(text, did)
	}
	if strings.ContainsAny(text, separators) {
		text = s.tables(text, did)
	}
	if strings.Contains(text, gap) {
		text = s.alignedTables(text, did)
	}
	return text
}

// suspicious tells whether a text is long enough for a secret with a shape of
// its own, or may hold one with its name.
func suspicious(text string) bool { return len(text) >= 16 || strings.ContainsAny(text, " =:<%\n") }

// deepest is how many times JSON may stand in JSON's texts to be read as such.
const deepest = 8

// inner cleans a text that is JSON itself. Where nothing had to be masked the
// text stays as it is.
func (s scrubber) inner(text string, did *changes) (string, bool) {
	trimmed := strings.TrimSpace(text)
	if s.depth >= deepest || trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return "", false
	}
	decoder := json.NewDecoder(strings.NewReader(trimmed))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil || decoder.InputOffset() != int64(len(trimmed)) {
		return "", false
	}
	s.depth++
	if out, changed := s.written(v, did); changed {
		return out, out != ""
	}
	return text, true
}

// written is a value without its secrets as JSON, and whether that changed it.
func (s scrubber) written(v any, did *changes) (string, bool) {
	var own changes
	v = s.walk(v, false, &own)
	if own == (changes{}) {
		return "", false
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return "", true
	}
	did.dropped += own.dropped
	did.masked += own.masked
	return strings.TrimSuffix(out.String(), "\n"), true
}

// readable is data as a person reads it.
func readable(data json.RawMessage) string {
	var indented bytes.Buffer
	if err := json.Indent(&indented, data, "", " "); err != nil {
		return string(data)
	}
	return indented.String()
}
