package wire

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awssim/model"
)

// Response is an answer ready to be sent.
type Response struct {
	Status int
	Header http.Header
	// Body is sent whole; Stream, where not nil, is sent instead and closed.
	Body   []byte
	Stream io.ReadCloser
}

// Encode turns out, a pointer to the operation's SDK output struct or nil,
// into an answer.
func (c *Codec) Encode(req *Request, out any) (*Response, error) {
	resp := &Response{Status: http.StatusOK, Header: make(http.Header)}
	if req.Op.HTTP.Code != 0 {
		resp.Status = req.Op.HTTP.Code
	}
	resp.setRequestID(req.Protocol, req.ID)
	v := reflect.ValueOf(out)
	if !v.IsValid() || v.IsNil() {
		v = reflect.ValueOf(&struct{}{})
	}
	return resp, c.encodeTo(resp, req, v.Elem())
}

func (c *Codec) encodeTo(resp *Response, req *Request, v reflect.Value) error {
	var sh *model.Shape
	if req.Op.Output != nil {
		sh = req.Op.Output.Shape
	}
	rest := req.Protocol == RESTJSON || req.Protocol == RESTXML
	if rest && sh != nil {
		if err := c.encodeBindings(resp, sh, v); err != nil {
			return err
		}
		if sh.Payload != "" {
			return c.encodePayload(resp, req, sh, v)
		}
	}
	var err error
	switch req.Protocol {
	case Query, EC2:
		resp.Header.Set("Content-Type", "text/xml;charset=UTF-8")
		resp.Body, err = c.queryBody(req, sh, v)
	case RESTXML:
		if sh != nil && hasBody(sh) {
			resp.Header.Set("Content-Type", "application/xml")
			resp.Body, err = c.restXMLBody(c.rootName(req.Op, sh), sh, v)
		}
	case CBOR:
		resp.Header.Set("Content-Type", "application/cbor")
		resp.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		resp.Body, err = c.treeBody(newCBORSink(), sh, v)
	default:
		resp.Header.Set("Content-Type", c.jsonType(req.Protocol))
		resp.Body, err = c.treeBody(newJSONSink(), sh, v)
	}
	if rest && resp.Status == http.StatusNoContent {
		resp.Body = nil
	}
	return err
}

func (c *Codec) jsonType(p Protocol) string {
	if p == RESTJSON {
		return "application/json"
	}
	return "application/x-amz-json-" + orName(c.Model.Metadata.JSONVersion, "1.0")
}

// setRequestID names the request as the protocol's services do.
func (resp *Response) setRequestID(p Protocol, id string) {
	resp.Header["X-Amzn-Requestid"] = []string{id}
	if p == RESTXML {
		delete(resp.Header, "X-Amzn-Requestid")
		resp.Header["X-Amz-Request-Id"] = []string{id}
		resp.Header["X-Amz-Id-2"] = []string{"sim/" + id}
	}
}

// encodePayload writes the one member that is the body.
func (c *Codec) encodePayload(resp *Response, req *Request, sh *model.Shape, v reflect.Value) error {
	ref := sh.Members[sh.Payload]
	f, ok := c.field(v, sh.Payload)
	if !ok {
		return fmt.Errorf("wire: %s has no field %s", v.Type(), sh.Payload)
	}
	if !present(f) {
		return nil
	}
	if stream, ok := f.Interface().(io.ReadCloser); ok {
		resp.Stream = stream
		return nil
	}
	f = deref(f)
	var err error
	switch {
	case ref.Shape.Type == "blob":
		resp.Body = f.Bytes()
	case ref.Shape.Type == "string":
		resp.Body = []byte(f.String())
	case req.Protocol == RESTXML:
		resp.Header.Set("Content-Type", "application/xml")
		resp.Body, err = c.restXMLBody(orName(ref.LocationName, ref.Shape.Name), ref.Shape, f)
	default:
		resp.Header.Set("Content-Type", "application/json")
		resp.Body, err = c.treeBody(newJSONSink(), ref.Shape, f)
	}
	return err
}

// encodeBindings writes the members that stand in headers and status.
func (c *Codec) encodeBindings(resp *Response, sh *model.Shape, v reflect.Value) error {
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if ref.Location == "" {
			continue
		}
		f, ok := c.field(v, name)
		if !ok || !present(f) {
			continue
		}
		switch f = deref(f); ref.Location {
		case "statusCode":
			if f.Int() != 0 {
				resp.Status = int(f.Int())
			}
		case "headers":
			for _, k := range f.MapKeys() {
				// As they are: clients give them back in the case they came in.
				resp.Header[ref.LocationName+k.String()] = []string{f.MapIndex(k).String()}
			}
		case "header":
			text, err := headerText(ref, f)
			if err != nil {
				return err
			}
			resp.Header.Set(ref.LocationName, text)
		}
	}
	return nil
}

func headerText(ref *model.Ref, f reflect.Value) (string, error) {
	if ref.Shape.Type != "list" {
		return scalarText(ref, f, rfc822)
	}
	parts := make([]string, f.Len())
	for i := range parts {
		var err error
		if parts[i], err = scalarText(ref.Shape.Member, deref(f.Index(i)), rfc822); err != nil {
			return "", err
		}
	}
	return strings.Join(parts, ","), nil
}

// present reports whether a field holds something to send: pointers, slices,
// maps and interfaces that are not nil, enums that are not empty, and every
// other value, which the SDK makes a plain one only where zero is its default.
func present(f reflect.Value) bool {
	switch f.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return !f.IsNil()
	case reflect.String:
		return f.Len() > 0
	}
	return true
}

func deref(f reflect.Value) reflect.Value {
	if f.Kind() == reflect.Pointer || f.Kind() == reflect.Interface {
		return f.Elem()
	}
	return f
}

// isUnion reports whether a structure is a union in the SDK: what deref leaves of
// an interface is a pointer. Some are not marked in botocore's model.
func isUnion(sh *model.Shape, v reflect.Value) bool {
	return sh.Union || v.Kind() == reflect.Pointer
}

// unionMember gives the model's use and the value of a union's set member.
func (c *Codec) unionMember(sh *model.Shape, f reflect.Value) (name string, ref *model.Ref, v reflect.Value, err error) {
	for f.Kind() == reflect.Interface || f.Kind() == reflect.Pointer {
		f = f.Elem()
	}
	for _, name := range sh.Order {
		if strings.HasSuffix(fold(f.Type().Name()), "member"+fold(name)) {
			return name, sh.Members[name], f.FieldByName("Value"), nil
		}
	}
	return "", nil, f, fmt.Errorf("wire: %s is not a member of %s", f.Type(), sh.Name)
}

// scalarText gives a scalar as headers, query strings and XML write it.
func scalarText(ref *model.Ref, f reflect.Value, timeFormat string) (string, error) {
	switch f.Kind() {
	case reflect.String:
		return f.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(f.Bool()), nil
	case reflect.Int32, reflect.Int64, reflect.Int:
		return strconv.FormatInt(f.Int(), 10), nil
	case reflect.Float32, reflect.Float64:
		return floatText(f.Float()), nil
	case reflect.Slice:
		return base64Text(f.Bytes()), nil
	}
	if t, ok := f.Interface().(time.Time); ok {
		return formatTime(t, ref, timeFormat), nil
	}
	return "", fmt.Errorf("wire: %s is not a scalar", f.Type())
}
