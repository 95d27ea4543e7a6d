package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/hawser/hawser/internal/awssim/model"
)

// treeNode is a node over decoded JSON or CBOR. In CBOR members keep the
// model's names; JSON uses their locationName.
type treeNode struct {
	v      any
	byName bool
}

func parseJSON(text []byte) (node, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return treeNode{v: map[string]any{}}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, badBody{}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, badBody{}
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, badBody{}
	}
	return treeNode{v: v}, nil
}

func parseCBOR(text []byte) (node, error) {
	if len(text) == 0 {
		return treeNode{v: map[string]any{}, byName: true}, nil
	}
	mode, err := cbor.DecOptions{DefaultMapType: reflect.TypeFor[map[string]any](), TimeTagToAny: cbor.TimeTagToTime}.DecMode()
	if err != nil {
		return nil, err
	}
	var v any
	if err := mode.Unmarshal(text, &v); err != nil {
		return nil, badBody{}
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, badBody{}
	}
	return treeNode{v: v, byName: true}, nil
}

func (n treeNode) member(name string, ref *model.Ref) node {
	m, ok := n.v.(map[string]any)
	if !ok {
		return nil
	}
	if !n.byName && ref.LocationName != "" {
		name = ref.LocationName
	}
	v := m[name]
	if v == nil {
		return nil
	}
	return treeNode{v, n.byName}
}

func (n treeNode) items(ref *model.Ref) ([]node, error) {
	list, ok := n.v.([]any)
	if !ok {
		return nil, &unfit{value: n.v, shape: ref.Shape}
	}
	out := make([]node, 0, len(list))
	for _, v := range list {
		if v != nil {
			out = append(out, treeNode{v, n.byName})
		}
	}
	return out, nil
}

func (n treeNode) entries(ref *model.Ref) (keys []string, values []node, err error) {
	m, ok := n.v.(map[string]any)
	if !ok {
		return nil, nil, &unfit{value: n.v, shape: ref.Shape}
	}
	for k, v := range m {
		if v != nil {
			keys, values = append(keys, k), append(values, treeNode{v, n.byName})
		}
	}
	return keys, values, nil
}

func (n treeNode) scalar() (any, error) {
	switch n.v.(type) {
	case string, bool, json.Number, int64, uint64, float64, []byte, time.Time:
		return n.v, nil
	}
	return nil, &unfit{value: n.v}
}

// plain is the node as encoding/json would have read it.
func (n treeNode) plain() any {
	switch v := n.v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = treeNode{v: e}.plain()
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = treeNode{v: e}.plain()
		}
		return out
	case json.Number:
		f, _ := v.Float64() // what is out of range is infinite
		return f
	}
	return n.v
}
