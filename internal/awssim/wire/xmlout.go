package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
)

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// xmlWriter writes elements by the model.
type xmlWriter struct {
	bytes.Buffer
	c *Codec
}

// queryBody is the answer of the query protocols: the result in its wrapper
// with the request's id, or, for EC2, both in one element.
func (c *Codec) queryBody(req *Request, sh *model.Shape, v reflect.Value) ([]byte, error) {
	x := &xmlWriter{c: c}
	x.WriteString(xmlHeader)
	root := req.Op.Name + "Response"
	ns := c.Model.Metadata.XMLNamespace
	if req.Protocol == EC2 {
		ns = "http://ec2.amazonaws.com/doc/" + c.Model.Metadata.APIVersion + "/"
		x.open(root, ` xmlns="`+ns+`"`)
		x.leaf("requestId", req.ID)
	} else {
		x.open(root, ` xmlns="`+ns+`"`)
	}
	if sh != nil {
		wrapper := req.Op.Output.ResultWrapper
		if wrapper != "" {
			x.open(wrapper, "")
		}
		x.emptyLists(sh, v)
		if err := x.members(sh, v); err != nil {
			return nil, err
		}
		if wrapper != "" {
			x.close(wrapper)
		}
	}
	if req.Protocol == Query {
		x.open("ResponseMetadata", "")
		x.leaf("RequestId", req.ID)
		x.close("ResponseMetadata")
	}
	x.close(root)
	return x.Bytes(), nil
}

// emptyLists writes the lists of a result that are not set as empty elements:
// the query services answer so where there is nothing to list.
func (x *xmlWriter) emptyLists(sh *model.Shape, v reflect.Value) {
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if f, ok := x.c.field(v, name); ok && ref.Shape.Type == "list" && !isFlat(ref) && f.IsNil() {
			x.WriteString("<" + xmlName(name, ref) + "/>")
		}
	}
}

// restXMLBody is a structure as a document.
func (c *Codec) restXMLBody(root string, sh *model.Shape, v reflect.Value) ([]byte, error) {
	x := &xmlWriter{c: c}
	x.WriteString(xmlHeader)
	if root == "LocationConstraint" { // the member is the document
		f, _ := c.field(v, root)
		x.open(root, ` xmlns="`+s3Namespace+`"`)
		x.escape(f.String())
		x.close(root)
		return x.Bytes(), nil
	}
	x.open(root, ` xmlns="`+s3Namespace+`"`)
	if err := x.members(sh, v); err != nil {
		return nil, err
	}
	x.close(root)
	return x.Bytes(), nil
}

const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// rootName is the document element of a REST-XML answer. The model names S3's
// by shape; the real names are in the examples of the S3 API reference.
func (c *Codec) rootName(op *model.Operation, sh *model.Shape) string {
	switch op.Name {
	case "ListBuckets":
		return "ListAllMyBucketsResult"
	case "ListObjects", "ListObjectsV2":
		return "ListBucketResult"
	case "ListObjectVersions":
		return "ListVersionsResult"
	case "CreateMultipartUpload":
		return "InitiateMultipartUploadResult"
	case "CompleteMultipartUpload":
		return "CompleteMultipartUploadResult"
	case "ListMultipartUploads":
		return "ListMultipartUploadsResult"
	case "ListParts":
		return "ListPartsResult"
	case "DeleteObjects":
		return "DeleteResult"
	case "GetBucketLocation":
		return "LocationConstraint"
	case "GetObjectTagging", "GetBucketTagging":
		return "Tagging"
	case "GetBucketVersioning":
		return "VersioningConfiguration"
	case "GetBucketCors":
		return "CORSConfiguration"
	case "GetBucketWebsite":
		return "WebsiteConfiguration"
	case "GetBucketLogging":
		return "BucketLoggingStatus"
	case "GetBucketRequestPayment":
		return "RequestPaymentConfiguration"
	case "GetBucketAcl", "GetObjectAcl":
		return "AccessControlPolicy"
	}
	if sh.LocationName != "" {
		return sh.LocationName
	}
	name := strings.TrimPrefix(op.Name, "Get")
	return strings.TrimPrefix(name, "Bucket")
}

func (x *xmlWriter) open(name, attrs string) { x.WriteString("<" + name + attrs + ">") }

func (x *xmlWriter) close(name string) {
	name, _, _ = strings.Cut(name, " ")
	x.WriteString("</" + name + ">")
}

func (x *xmlWriter) leaf(name, text string) {
	x.open(name, "")
	x.escape(text)
	x.close(name)
}

func (x *xmlWriter) escape(text string) {
	_ = xml.EscapeText(&x.Buffer, []byte(text)) // a bytes.Buffer never fails
}

// members writes a structure's members that stand in the body.
func (x *xmlWriter) members(sh *model.Shape, v reflect.Value) error {
	if isUnion(sh, v) {
		name, ref, value, err := x.c.unionMember(sh, v)
		if err != nil {
			return err
		}
		return x.value(xmlName(name, ref), ref, value)
	}
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if ref.Location != "" || ref.XMLAttribute {
			continue
		}
		f, ok := x.c.field(v, name)
		if !ok || !present(f) {
			continue
		}
		if err := x.value(xmlName(name, ref), ref, deref(f)); err != nil {
			return err
		}
	}
	return nil
}

// value writes one member or element.
func (x *xmlWriter) value(name string, ref *model.Ref, v reflect.Value) error {
	switch ref.Shape.Type {
	case "structure":
		x.open(name, x.attributes(ref.Shape, v))
		if err := x.members(ref.Shape, v); err != nil {
			return err
		}
		x.close(name)
		return nil
	case "list":
		return x.list(name, ref, v)
	case "map":
		return x.dict(name, ref, v)
	}
	text, err := scalarText(ref, v, iso8601)
	x.leaf(name, text)
	return err
}

func (x *xmlWriter) list(name string, ref *model.Ref, v reflect.Value) error {
	item := orName(ref.Shape.Member.LocationName, "member")
	flat := isFlat(ref)
	if flat && ref.Shape.Member.LocationName == "" {
		item = name
	}
	if !flat {
		x.open(name, "")
		defer x.close(name)
	}
	for i := range v.Len() {
		if err := x.value(item, ref.Shape.Member, deref(v.Index(i))); err != nil {
			return err
		}
	}
	return nil
}

func (x *xmlWriter) dict(name string, ref *model.Ref, v reflect.Value) error {
	entry := "entry"
	if isFlat(ref) {
		entry = name
	} else {
		x.open(name, "")
		defer x.close(name)
	}
	for _, k := range sortedKeys(v) {
		x.open(entry, "")
		x.leaf(orName(ref.Shape.Key.LocationName, "key"), k.String())
		if err := x.value(orName(ref.Shape.Value.LocationName, "value"), ref.Shape.Value, deref(v.MapIndex(k))); err != nil {
			return err
		}
		x.close(entry)
	}
	return nil
}

// attributes gives a structure's xmlns and attribute members.
func (x *xmlWriter) attributes(sh *model.Shape, v reflect.Value) string {
	var attrs string
	for _, name := range sh.Order {
		ref := sh.Members[name]
		if !ref.XMLAttribute {
			continue
		}
		if f, ok := x.c.field(v, name); ok && present(f) {
			prefix, _ := splitPrefix(xmlName(name, ref))
			if sh.XMLNamespace != nil {
				attrs += ` xmlns:` + prefix + `="` + sh.XMLNamespace.URI + `"`
			}
			var text bytes.Buffer
			_ = xml.EscapeText(&text, []byte(deref(f).String()))
			attrs += " " + xmlName(name, ref) + `="` + text.String() + `"`
		}
	}
	return attrs
}

// xmlName is a member's element name; a flattened list goes by its elements'.
func xmlName(name string, ref *model.Ref) string {
	if isFlat(ref) && ref.Shape.Member != nil && ref.Shape.Member.LocationName != "" {
		return ref.Shape.Member.LocationName
	}
	return orName(ref.LocationName, name)
}

func splitPrefix(name string) (prefix, local string) {
	if prefix, local, ok := strings.Cut(name, ":"); ok {
		return prefix, local
	}
	return "", name
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func floatText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
