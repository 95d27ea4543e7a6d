package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"github.com/hawser/hawser/internal/awssim/model"
)

// element is one XML element.
type element struct {
	name     string
	attrs    []xml.Attr
	text     []byte
	children []*element
}

// xmlNode is a node over the elements of one name: a flattened list has
// several.
type xmlNode []*element

// parseXML reads a document's root element.
func parseXML(text []byte) (xmlNode, error) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	var stack []*element
	var root *element
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badBody{}
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, attrs: tok.Attr}
			if len(stack) == maxDepth {
				return nil, errors.New("the XML is nested too deeply")
			}
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.children = append(top.children, e)
			} else if root == nil {
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.text = append(top.text, tok...)
			}
		}
	}
	if root == nil {
		return nil, errors.New("the body holds no XML element")
	}
	return xmlNode{root}, nil
}

func (n xmlNode) named(name string) xmlNode {
	var out xmlNode
	for _, c := range n[0].children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

func (n xmlNode) member(name string, ref *model.Ref) node {
	name = xmlName(name, ref)
	if ref.XMLAttribute {
		_, local := splitPrefix(name)
		for _, a := range n[0].attrs {
			if a.Name.Local == local {
				return xmlNode{{text: []byte(a.Value)}}
			}
		}
		return nil
	}
	if found := n.named(name); len(found) > 0 {
		return found
	}
	return nil
}

func (n xmlNode) items(ref *model.Ref) ([]node, error) {
	from := []*element(n)
	if !isFlat(ref) {
		from = n[0].children
	}
	out := make([]node, len(from))
	for i, e := range from {
		out[i] = xmlNode{e}
	}
	return out, nil
}

func (n xmlNode) entries(ref *model.Ref) (keys []string, values []node, err error) {
	from := n
	if !isFlat(ref) {
		from = n.named("entry")
	}
	for _, e := range from {
		k := xmlNode{e}.named(orName(ref.Shape.Key.LocationName, "key"))
		v := xmlNode{e}.named(orName(ref.Shape.Value.LocationName, "value"))
		if len(k) == 0 || len(v) == 0 {
			return nil, nil, errors.New("a map's entry lacks key or value")
		}
		keys, values = append(keys, string(k[0].text)), append(values, v)
	}
	return keys, values, nil
}

func (n xmlNode) scalar() (any, error) { return string(n[0].text), nil }
