package c1z

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// errMalformed is a message that is none; the reader says of which row.
var errMalformed = errors.New("malformed message")

// field is one field of a message being read: number and one of the values.
type field struct {
	number protowire.Number
	bits   uint64 // of a varint or fixed64
	bytes  []byte // of a text or a nested message
}

func (f field) text() (string, error) {
	if !utf8.Valid(f.bytes) {
		return "", errMalformed
	}
	return string(f.bytes), nil
}

// each gives the fields of a message. Fields that take does not know are for
// it to ignore, since newer writers add some.
func each(m []byte, take func(field) error) error {
	for len(m) > 0 {
		number, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			return errMalformed
		}
		m = m[n:]
		f := field{number: number}
		switch kind {
		case protowire.VarintType:
			f.bits, n = protowire.ConsumeVarint(m)
		case protowire.Fixed64Type:
			f.bits, n = protowire.ConsumeFixed64(m)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(m)
		default:
			n = protowire.ConsumeFieldValue(number, kind, m)
		}
		if n < 0 {
			return errMalformed
		}
		m = m[n:]
		if err := take(f); err != nil {
			return err
		}
	}
	return nil
}

// textInto and its like make a field's taker short.
func textInto(s *string, f field) (err error) {
	*s, err = f.text()
	return err
}

func addText(list *[]string, f field) error {
	s, err := f.text()
	*list = append(*list, s)
	return err
}

func refInto(r *Ref, f field) error {
	return each(f.bytes, func(f field) error {
		switch f.number {
		case 1:
			return textInto(&r.Type, f)
		case 2:
			return textInto(&r.ID, f)
		}
		return nil
	})
}

func timeInto(t *time.Time, f field) error {
	var seconds, nanos int64
	err := each(f.bytes, func(f field) error {
		switch f.number {
		case 1:
			seconds = int64(f.bits)
		case 2:
			nanos = int64(int32(f.bits))
		}
		return nil
	})
	*t = time.Unix(seconds, nanos).UTC()
	return err
}

func toggleInto(on **bool, f field) error {
	var value bool
	*on = &value
	return each(f.bytes, func(f field) error {
		if f.number == 1 {
			value = f.bits != 0
		}
		return nil
	})
}

// unpack opens a google.protobuf.Any: the name of a message of the format's
// package, or "" for another's, and the message.
func unpack(m []byte) (name string, inner []byte, err error) {
	err = each(m, func(f field) error {
		switch f.number {
		case 1:
			url, err := f.text()
			_, full, _ := strings.Cut(url, "/")
			name = strings.TrimPrefix(full, "c1.connector.v2.")
			if name == full {
				name = ""
			}
			return err
		case 2:
			inner = f.bytes
		}
		return nil
	})
	return name, inner, err
}
