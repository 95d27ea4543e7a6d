package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awssim/model"
)

// sink takes the parts of a JSON or CBOR value in order.
type sink interface {
	// byName reports whether members go by the model's names and not by
	// locationName.
	byName() bool
	open(list bool)
	key(name string)
	close()
	str(s string)
	boolean(b bool)
	integer(i int64)
	float(f float64)
	blob(b []byte)
	time(t time.Time, ref *model.Ref)
	bytes() []byte
}

// treeBody writes an output structure; an operation without one answers {}.
func (c *Codec) treeBody(s sink, sh *model.Shape, v reflect.Value) ([]byte, error) {
	if sh == nil {
		s.open(false)
		s.close()
		return s.bytes(), nil
	}
	err := c.writeStruct(s, sh, v)
	return s.bytes(), err
}

func (c *Codec) writeStruct(s sink, sh *model.Shape, v reflect.Value) error {
	s.open(false)
	defer s.close()
	if isUnion(sh, v) {
		name, ref, value, err := c.unionMember(sh, v)
		if err != nil {
			return err
		}
		return c.writeMember(s, name, ref, value)
	}
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if ref.Location != "" && !s.byName() {
			continue
		}
		f, ok := c.field(v, name)
		if !ok || !present(f) {
			continue
		}
		if err := c.writeMember(s, name, ref, f); err != nil {
			return err
		}
	}
	return nil
}

func (c *Codec) writeMember(s sink, name string, ref *model.Ref, v reflect.Value) error {
	if !s.byName() && ref.LocationName != "" {
		name = ref.LocationName
	}
	s.key(name)
	return c.writeValue(s, ref, v)
}

func (c *Codec) writeValue(s sink, ref *model.Ref, v reflect.Value) error {
	if ref.Shape.Document {
		return writeDocument(s, v)
	}
	v = deref(v)
	switch ref.Shape.Type {
	case "structure":
		return c.writeStruct(s, ref.Shape, v)
	case "list":
		s.open(true)
		defer s.close()
		for i := range v.Len() {
			if err := c.writeValue(s, ref.Shape.Member, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case "map":
		s.open(false)
		defer s.close()
		for _, k := range sortedKeys(v) {
			s.key(k.String())
			if err := c.writeValue(s, ref.Shape.Value, v.MapIndex(k)); err != nil {
				return err
			}
		}
		return nil
	}
	return writeScalar(s, ref, v)
}

// writeDocument writes a document of the SDK's as the JSON that it is.
func writeDocument(s sink, v reflect.Value) error {
	doc, ok := v.Interface().(interface{ MarshalSmithyDocument() ([]byte, error) })
	out, isJSON := s.(*jsonSink)
	if !ok || !isJSON {
		return fmt.Errorf("wire: %s can't be written as JSON", v.Type())
	}
	text, err := doc.MarshalSmithyDocument()
	out.raw(string(text))
	return err
}

func writeScalar(s sink, ref *model.Ref, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		s.str(v.String())
	case reflect.Bool:
		s.boolean(v.Bool())
	case reflect.Int32, reflect.Int64, reflect.Int:
		s.integer(v.Int())
	case reflect.Float32, reflect.Float64:
		s.float(v.Float())
	case reflect.Slice:
		s.blob(v.Bytes())
	default:
		t, ok := v.Interface().(time.Time)
		if !ok {
			return fmt.Errorf("wire: %s is not a scalar", v.Type())
		}
		s.time(t, ref)
	}
	return nil
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}
