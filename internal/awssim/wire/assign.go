package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/awssim/model"
)

// node is a decoded piece of a request, whatever the protocol.
type node interface {
	// member gives a structure's member, nil where it is absent.
	member(name string, ref *model.Ref) node
	// items gives a list's elements; ref is the list's use.
	items(ref *model.Ref) ([]node, error)
	// entries gives a map's keys and values.
	entries(ref *model.Ref) (keys []string, values []node, err error)
	// scalar gives a string, bool, json.Number, int64, uint64, float64,
	// []byte or time.Time.
	scalar() (any, error)
}

// assign sets dst, a field of an SDK struct, from a node.
func (r *reader) assign(ref *model.Ref, n node, dst reflect.Value) error {
	if dst.Kind() == reflect.Pointer {
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		return r.assign(ref, n, dst.Elem())
	}
	if dst.Kind() == reflect.Interface {
		return r.assignUnion(ref, n, dst)
	}
	switch ref.Shape.Type {
	case "structure":
		return r.assignStruct(ref.Shape, n, dst)
	case "list":
		return r.assignList(ref, n, dst)
	case "map":
		return r.assignMap(ref, n, dst)
	}
	if err := r.set(ref, n, dst); err != nil {
		return err
	}
	r.check(ref.Shape, dst)
	return nil
}

// assignItem sets an element of a list. What is wrong with a simple one is told
// of the list.
func (r *reader) assignItem(ref *model.Ref, n node, dst reflect.Value) error {
	if composite(ref.Shape) || dst.Kind() == reflect.Interface {
		return r.assign(ref, n, dst)
	}
	return r.set(ref, n, dst)
}

func composite(sh *model.Shape) bool {
	return sh.Type == "structure" || sh.Type == "list" || sh.Type == "map"
}

// set sets a simple value.
func (r *reader) set(ref *model.Ref, n node, dst reflect.Value) error {
	v, err := n.scalar()
	if err == nil {
		if dst.Kind() == reflect.Pointer {
			dst.Set(reflect.New(dst.Type().Elem()))
			dst = dst.Elem()
		}
		err = setScalar(ref.Shape, v, dst)
	}
	var bad *unfit
	switch {
	case errors.As(err, new(wrongKind)):
		bad = &unfit{value: v}
	case !errors.As(err, &bad):
		return err
	}
	bad.shape, bad.name, bad.location = ref.Shape, r.name(), r.location
	if ref.LocationName != "" && r.location != "" {
		bad.name = ref.LocationName
	}
	return bad
}

// assignStruct sets the members that stand in the body.
func (r *reader) assignStruct(sh *model.Shape, n node, dst reflect.Value) error {
	if dst.Kind() != reflect.Struct {
		return fmt.Errorf("%s can't go into %s", sh.Name, dst.Type())
	}
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if ref.Location != "" {
			continue
		}
		child := n.member(name, ref)
		if child == nil {
			r.lacks(sh, name)
			continue
		}
		f, ok := r.field(dst, name)
		if !ok {
			continue
		}
		if err := r.at(r.memberStep(name, ref), func() error { return r.assign(ref, child, f) }); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// assignUnion makes the member struct that is present.
func (r *reader) assignUnion(ref *model.Ref, n node, dst reflect.Value) error {
	u, ok := r.unions[dst.Type()]
	if !ok {
		return fmt.Errorf("%s is not a registered union", dst.Type())
	}
	if u.lazy != nil {
		tree, ok := n.(treeNode)
		if !ok {
			return fmt.Errorf("%s is no JSON", ref.Shape.Name)
		}
		dst.Set(u.lazy(tree.plain()))
		return nil
	}
	set := ""
	for _, name := range ref.Shape.Order {
		child := n.member(name, ref.Shape.Members[name])
		t := u.members[fold(name)]
		if child == nil || t == nil {
			continue
		}
		if set != "" {
			r.violated(Violation{Constraint: SeveralSet, Shape: ref.Shape, Value: set + ", " + name})
			return nil
		}
		set = name
		m := reflect.New(t)
		member := ref.Shape.Members[name]
		err := r.at(r.memberStep(name, member), func() error { return r.assign(member, child, m.Elem().FieldByName("Value")) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		dst.Set(m)
	}
	if set != "" {
		return nil
	}
	return fmt.Errorf("%s has no known member set", ref.Shape.Name)
}

func (r *reader) assignList(ref *model.Ref, n node, dst reflect.Value) error {
	items, err := n.items(ref)
	if err != nil {
		return err
	}
	if dst.Kind() != reflect.Slice {
		return fmt.Errorf("%s can't go into %s", ref.Shape.Name, dst.Type())
	}
	out := reflect.MakeSlice(dst.Type(), len(items), len(items))
	for i, item := range items {
		if err := r.at(r.itemStep(i, ref), func() error { return r.assignItem(ref.Shape.Member, item, out.Index(i)) }); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	dst.Set(out)
	r.check(ref.Shape, out)
	if !composite(ref.Shape.Member.Shape) {
		r.checkItems(ref.Shape, out)
	}
	return nil
}

func (r *reader) assignMap(ref *model.Ref, n node, dst reflect.Value) error {
	keys, values, err := n.entries(ref)
	if err != nil {
		return err
	}
	if dst.Kind() != reflect.Map {
		return fmt.Errorf("%s can't go into %s", ref.Shape.Name, dst.Type())
	}
	out := reflect.MakeMapWithSize(dst.Type(), len(keys))
	for i, key := range keys {
		v := reflect.New(dst.Type().Elem()).Elem()
		r.check(ref.Shape.Key.Shape, reflect.ValueOf(key))
		if err := r.at(step{key, strconv.Itoa(i + 1)}, func() error { return r.assign(ref.Shape.Value, values[i], v) }); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), v)
	}
	dst.Set(out)
	r.check(ref.Shape, out)
	return nil
}

// setScalar converts what the wire held to the field's type.
func setScalar(sh *model.Shape, v any, dst reflect.Value) error {
	switch sh.Type {
	case "timestamp":
		t, err := toTime(v)
		if err != nil {
			return err
		}
		if dst.Type() != reflect.TypeFor[time.Time]() {
			return fmt.Errorf("a timestamp can't go into %s", dst.Type())
		}
		dst.Set(reflect.ValueOf(t))
		return nil
	case "blob":
		b, err := toBytes(v)
		if err != nil {
			return err
		}
		dst.SetBytes(b)
		return nil
	}
	if dst.Type() == reflect.TypeFor[time.Time]() {
		// S3's Expires is any text in the model and a time in the SDK.
		if t, err := toTime(v); err == nil {
			dst.Set(reflect.ValueOf(t))
		}
		return nil
	}
	switch dst.Kind() {
	case reflect.String:
		s, ok := v.(string)
		if !ok {
			return wrongKind{}
		}
		dst.SetString(s)
	case reflect.Bool:
		b, err := toBool(v)
		dst.SetBool(b)
		return err
	case reflect.Int32, reflect.Int64, reflect.Int:
		i, err := toInt(v)
		if err == nil && dst.OverflowInt(i) {
			err = wrongKind{}
		}
		dst.SetInt(i)
		return err
	case reflect.Float32, reflect.Float64:
		f, err := toFloat(v)
		dst.SetFloat(f)
		return err
	default:
		return fmt.Errorf("%s can't go into %s", sh.Type, dst.Type())
	}
	return nil
}

func toBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		b, err := strconv.ParseBool(v)
		return b, asKind(err)
	}
	return false, wrongKind{}
}

// asKind keeps the words of a package that reads texts out of answers.
func asKind(err error) error {
	if err != nil {
		return wrongKind{}
	}
	return nil
}

func toInt(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), nil
		}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
	case json.Number:
		i, err := strconv.ParseInt(v.String(), 10, 64)
		return i, asKind(err)
	case string:
		i, err := strconv.ParseInt(v, 10, 64)
		return i, asKind(err)
	}
	return 0, wrongKind{}
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case float64:
		return v, nil
	case json.Number:
		f, err := v.Float64()
		return f, asKind(err)
	case string: // JSON has "NaN" and "Infinity" as strings too
		f, err := strconv.ParseFloat(v, 64)
		return f, asKind(err)
	}
	return 0, wrongKind{}
}

func toBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return v, nil
	case string:
		b, err := base64.StdEncoding.DecodeString(v)
		return b, asKind(err)
	}
	return nil, wrongKind{}
}
