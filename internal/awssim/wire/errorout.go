package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// EncodeError turns an error into an answer, as the request's protocol does.
func (c *Codec) EncodeError(req *Request, err error) *Response {
	e := AsError(err)
	name, code, status, sh := c.resolve(e)
	resp := &Response{Status: status, Header: make(http.Header)}
	resp.setRequestID(req.Protocol, req.ID)
	for k, v := range e.Header {
		resp.Header[k] = v
	}
	receiver := e.Receiver || status >= 500 || sh != nil && sh.Fault
	switch req.Protocol {
	case Query:
		resp.Header.Set("Content-Type", "text/xml")
		resp.Body = c.queryError(req, code, receiver, e)
	case EC2:
		resp.Header.Set("Content-Type", "text/xml;charset=UTF-8")
		resp.Body = c.ec2Error(req, code, e)
	case RESTXML:
		resp.Header.Set("Content-Type", "application/xml")
		if req.HTTP.Method != http.MethodHead {
			resp.Body = c.s3Error(req, code, e)
		}
	case CBOR:
		resp.Header.Set("Content-Type", "application/cbor")
		resp.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		resp.Body = treeError(newCBORSink(), c.errorType(name), e)
	default:
		resp.Header.Set("Content-Type", c.jsonType(req.Protocol))
		resp.Header.Set("X-Amzn-Errortype", name)
		resp.Body = treeError(newJSONSink(), name, e)
	}
	if c.Model.Metadata.QueryCompatible != nil && req.Protocol != Query {
		resp.Header.Set("X-Amzn-Query-Error", code+";"+faultName(receiver))
	}
	return resp
}

// errorType is an exception's absolute shape id; clients read what follows #.
func (c *Codec) errorType(name string) string {
	return "com.amazonaws." + strings.ToLower(strings.ReplaceAll(c.Model.Metadata.ServiceID, " ", "")) + "#" + name
}

func faultName(receiver bool) string {
	if receiver {
		return "Receiver"
	}
	return "Sender"
}

func (c *Codec) queryError(req *Request, code string, receiver bool, e *Error) []byte {
	x := &xmlWriter{c: c}
	x.open("ErrorResponse", ` xmlns="`+c.Model.Metadata.XMLNamespace+`"`)
	x.open("Error", "")
	x.leaf("Type", faultName(receiver))
	x.leaf("Code", code)
	x.leaf("Message", e.Message)
	x.extra(e)
	x.close("Error")
	x.leaf("RequestId", req.ID)
	x.close("ErrorResponse")
	return x.Bytes()
}

func (c *Codec) ec2Error(req *Request, code string, e *Error) []byte {
	x := &xmlWriter{c: c}
	x.WriteString(xmlHeader)
	x.WriteString("<Response><Errors><Error>")
	x.leaf("Code", code)
	x.leaf("Message", e.Message)
	x.extra(e)
	x.WriteString("</Error></Errors>")
	x.leaf("RequestID", req.ID)
	x.close("Response")
	return x.Bytes()
}

func (c *Codec) s3Error(req *Request, code string, e *Error) []byte {
	x := &xmlWriter{c: c}
	x.WriteString(xmlHeader)
	x.open("Error", "")
	x.leaf("Code", code)
	x.leaf("Message", e.Message)
	x.extra(e)
	x.leaf("RequestId", req.ID)
	x.leaf("HostId", "sim/"+req.ID)
	x.close("Error")
	return x.Bytes()
}

func (x *xmlWriter) extra(e *Error) {
	for _, k := range slices.Sorted(maps.Keys(e.Extra)) {
		x.leaf(k, e.Extra[k])
	}
}

func treeError(s sink, name string, e *Error) []byte {
	s.open(false)
	s.key("__type")
	s.str(name)
	s.key("message")
	s.str(e.Message)
	for _, k := range slices.Sorted(maps.Keys(e.Extra)) {
		s.key(k)
		s.str(e.Extra[k])
	}
	s.close()
	return s.bytes()
}
