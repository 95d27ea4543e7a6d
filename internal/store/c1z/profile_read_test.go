package c1z

import "math"

// profileInto reads a google.protobuf.Struct.
func profileInto(p *Profile, f field) error {
	fields, err := structFrom(f.bytes, deepest)
	*p = fields
	return err
}

func structFrom(m []byte, depth int) (map[string]any, error) {
	fields := map[string]any{}
	err := each(m, func(f field) error {
		if f.number != 1 {
			return nil
		}
		var name string
		var value any
		err := each(f.bytes, func(f field) (err error) {
			switch f.number {
			case 1:
				err = textInto(&name, f)
			case 2:
				value, err = valueFrom(f.bytes, depth-1)
			}
			return err
		})
		fields[name] = value
		return err
	})
	return fields, err
}

// valueFrom reads a google.protobuf.Value.
func valueFrom(m []byte, depth int) (value any, err error) {
	if depth < 0 {
		return nil, errMalformed
	}
	err = each(m, func(f field) (err error) {
		switch f.number {
		case 1:
			value = nil
		case 2:
			value = math.Float64frombits(f.bits)
		case 3:
			value, err = f.text()
		case 4:
			value = f.bits != 0
		case 5:
			value, err = structFrom(f.bytes, depth)
		case 6:
			value, err = listFrom(f.bytes, depth)
		}
		return err
	})
	return value, err
}

func listFrom(m []byte, depth int) ([]any, error) {
	list := []any{}
	err := each(m, func(f field) error {
		if f.number != 1 {
			return nil
		}
		v, err := valueFrom(f.bytes, depth-1)
		list = append(list, v)
		return err
	})
	return list, err
}
