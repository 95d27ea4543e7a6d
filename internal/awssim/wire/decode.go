package wire

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
)

// Decode fills in, a pointer to the operation's SDK input struct. A streaming
// body is handed on unread. What can't be decoded gives an *Error with the
// protocol's own code, and what the model does not allow gives an *Invalid.
func (c *Codec) Decode(req *Request, in any) error {
	if req.Op.Input == nil {
		return nil
	}
	dst := reflect.ValueOf(in).Elem()
	sh := req.Op.Input.Shape
	r := &reader{Codec: c, ec2: req.Protocol == EC2}
	if err := r.decodeBindings(req, sh, dst); err != nil {
		return undecodable(req.Protocol, err)
	}
	if err := r.decodeBody(req, sh, dst); err != nil {
		return undecodable(req.Protocol, err)
	}
	if len(r.found) > 0 {
		return &Invalid{Operation: req.Op, Violations: r.found}
	}
	return nil
}

func (r *reader) decodeBody(req *Request, sh *model.Shape, dst reflect.Value) error {
	if req.form != nil {
		return r.assignStruct(sh, req.form, dst)
	}
	if sh.Payload != "" {
		return r.decodePayload(req, sh, dst)
	}
	if !hasBody(sh) {
		return nil
	}
	root, err := parseBody(req)
	if err != nil || root == nil {
		return err
	}
	return r.assignStruct(sh, root, dst)
}

// hasBody reports whether any member stands in the body.
func hasBody(sh *model.Shape) bool {
	for _, m := range sh.Members {
		if m.Location == "" {
			return true
		}
	}
	return false
}

// parseBody reads and parses the body; a REST-XML body may be empty.
func parseBody(req *Request) (node, error) {
	body, err := readBody(req.HTTP.Body)
	if err != nil {
		return nil, err
	}
	switch req.Protocol {
	case CBOR:
		return parseCBOR(body)
	case RESTXML:
		if len(body) == 0 {
			return nil, nil
		}
		return asNode(parseXML(body))
	}
	return parseJSON(body)
}

// readBody reads a body. Readers that check one give answers of their own.
func readBody(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(r)
	if err != nil && !errors.As(err, new(*Error)) {
		return nil, badBody{}
	}
	return text, err
}

// asNode keeps a nil xmlNode from becoming a node that is not nil.
func asNode(n xmlNode, err error) (node, error) {
	if err != nil {
		return nil, err
	}
	return n, nil
}

// decodePayload sets the one member that is the body.
func (r *reader) decodePayload(req *Request, sh *model.Shape, dst reflect.Value) error {
	ref := sh.Members[sh.Payload]
	f, ok := r.field(dst, sh.Payload)
	if !ok {
		return fmt.Errorf("%s has no field %s", dst.Type(), sh.Payload)
	}
	if f.Kind() == reflect.Interface && ref.Shape.Type == "blob" {
		f.Set(reflect.ValueOf(req.HTTP.Body))
		return nil
	}
	if ref.Shape.Type == "blob" || ref.Shape.Type == "string" {
		return setRaw(req.HTTP.Body, f)
	}
	root, err := parseBody(req)
	if err != nil {
		return err
	}
	if root == nil {
		r.lacks(sh, sh.Payload)
		return nil
	}
	return r.at(r.memberStep(sh.Payload, ref), func() error { return r.assign(ref, root, f) })
}

// setRaw puts the body's bytes, when there are any, into a []byte or string.
func setRaw(body io.Reader, f reflect.Value) error {
	b, err := readBody(body)
	if err != nil || len(b) == 0 {
		return err
	}
	if f.Kind() == reflect.Pointer {
		f.Set(reflect.New(f.Type().Elem()))
		f = f.Elem()
	}
	if f.Kind() == reflect.String {
		f.SetString(string(b))
		return nil
	}
	f.SetBytes(b)
	return nil
}

// decodeBindings sets the members that stand in path, query string and
// headers. The RPC protocols have none.
func (r *reader) decodeBindings(req *Request, sh *model.Shape, dst reflect.Value) error {
	if req.Protocol != RESTJSON && req.Protocol != RESTXML {
		return nil
	}
	query := req.HTTP.URL.Query()
	for _, name := range sh.Order {
		ref := sh.Members[name]
		var values []string
		switch ref.Location {
		case "uri":
			values = []string{req.labels[ref.LocationName]}
		case "querystring":
			if values = query[ref.LocationName]; ref.Shape.Type == "map" {
				values = nil
			}
		case "header":
			values = req.HTTP.Header.Values(ref.LocationName)
		case "headers":
			if err := r.assignPrefixed(req.HTTP.Header, name, ref, dst); err != nil {
				return err
			}
		}
		r.location = ref.Location
		if len(values) == 0 {
			if ref.Location != "" && ref.Location != "headers" {
				r.lacks(sh, name)
			}
			continue
		}
		f, ok := r.field(dst, name)
		if !ok {
			continue
		}
		if err := r.at(r.memberStep(name, ref), func() error { return r.assign(ref, textNode(values), f) }); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	r.location = ""
	return nil
}

// assignPrefixed collects the headers of one prefix, such as x-amz-meta-.
func (r *reader) assignPrefixed(h http.Header, name string, ref *model.Ref, dst reflect.Value) error {
	f, ok := r.field(dst, name)
	if !ok {
		return nil
	}
	prefix := http.CanonicalHeaderKey(ref.LocationName)
	for k, v := range h {
		if rest, ok := strings.CutPrefix(k, prefix); ok && rest != "" {
			if f.IsNil() {
				f.Set(reflect.MakeMap(f.Type()))
			}
			f.SetMapIndex(reflect.ValueOf(strings.ToLower(rest)), reflect.ValueOf(strings.Join(v, ",")))
		}
	}
	return nil
}

// textNode is a node over a header's or a query parameter's values.
type textNode []string

func (n textNode) member(string, *model.Ref) node { return nil }

func (n textNode) items(ref *model.Ref) ([]node, error) {
	var out []node
	for _, v := range n {
		if ref.Location != "header" {
			out = append(out, textNode{v})
			continue
		}
		for part := range strings.SplitSeq(v, ",") {
			out = append(out, textNode{strings.TrimSpace(part)})
		}
	}
	return out, nil
}

func (n textNode) entries(ref *model.Ref) (keys []string, values []node, err error) {
	return nil, nil, &unfit{value: n[0], shape: ref.Shape}
}

func (n textNode) scalar() (any, error) { return n[0], nil }
