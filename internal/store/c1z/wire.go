package c1z

import (
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message being written: fields go in ascending order, and
// zero values are left out, as in proto3.
type message []byte

func (m *message) text(field protowire.Number, s string) {
	if s != "" {
		*m = protowire.AppendTag(*m, field, protowire.BytesType)
		*m = protowire.AppendString(*m, clean(s))
	}
}

func (m *message) texts(field protowire.Number, list []string) {
	for _, s := range list {
		*m = protowire.AppendTag(*m, field, protowire.BytesType)
		*m = protowire.AppendString(*m, clean(s))
	}
}

func (m *message) number(field protowire.Number, n uint64) {
	if n != 0 {
		*m = protowire.AppendTag(*m, field, protowire.VarintType)
		*m = protowire.AppendVarint(*m, n)
	}
}

func (m *message) flag(field protowire.Number, on bool) {
	m.number(field, protowire.EncodeBool(on))
}

// nested writes a message even if it is empty, because its presence has a
// meaning.
func (m *message) nested(field protowire.Number, inner message) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, inner)
}

func (m *message) ref(field protowire.Number, r Ref) {
	if r == (Ref{}) {
		return
	}
	var inner message
	inner.text(1, r.Type)
	inner.text(2, r.ID)
	m.nested(field, inner)
}

// time writes a google.protobuf.Timestamp.
func (m *message) time(field protowire.Number, t time.Time) {
	if t.IsZero() {
		return
	}
	var inner message
	inner.number(1, uint64(t.Unix()))
	inner.number(2, uint64(t.Nanosecond()))
	m.nested(field, inner)
}

// toggle writes a message of one bool where that is known.
func (m *message) toggle(field protowire.Number, on *bool) {
	if on != nil {
		var inner message
		inner.flag(1, *on)
		m.nested(field, inner)
	}
}

// anything writes a google.protobuf.Any of a message of the format's package.
func (m *message) anything(field protowire.Number, name string, inner message) {
	var box message
	box.text(1, typeURL+name)
	if len(inner) > 0 {
		box.nested(2, inner)
	}
	m.nested(field, box)
}

const typeURL = "type.googleapis.com/c1.connector.v2."

// The format's bounds, in bytes; readers that check refuse longer texts.
const (
	longestName        = 1024
	longestDescription = 2048
	longestTypeText    = 4096
)

// clip shortens a text that only people read, at a whole character.
func clip(s string, limit int) string {
	s = clean(s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// clean makes a text that protobuf allows: UTF-8.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
