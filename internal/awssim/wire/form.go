package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
)

// formNode is a node over a query-protocol form: "Filter.1.Value.2=x" is a
// path in a tree.
type formNode struct {
	value    string
	has      bool
	children map[string]*formNode
	ec2      bool
}

// maxDepth bounds a key's dots; AWS's deepest inputs have about a dozen.
const maxDepth = 64

func parseForm(text string, p Protocol) (*formNode, error) {
	root := &formNode{ec2: p == EC2}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(k)
		if err != nil {
			return nil, badQuery()
		}
		value, err := url.QueryUnescape(v)
		if err != nil {
			return nil, badQuery()
		}
		if err := root.put(key, value); err != nil {
			return nil, malformed(p, err.Error())
		}
	}
	return root, nil
}

// badQuery is the answer to a form that is not written as forms are.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
func badQuery() *Error {
	return &Error{Code: "MalformedQueryString", Message: "The query string contains a syntax error.", Status: http.StatusNotFound}
}

func (n *formNode) put(key, value string) error {
	if strings.Count(key, ".") > maxDepth {
		return errors.New("a parameter's name is nested too deeply")
	}
	for part := range strings.SplitSeq(key, ".") {
		next := n.children[part]
		if next == nil {
			next = &formNode{ec2: n.ec2}
			if n.children == nil {
				n.children = make(map[string]*formNode)
			}
			n.children[part] = next
		}
		n = next
	}
	n.value, n.has = value, true
	return nil
}

// child gives a top-level parameter's text.
func (n *formNode) child(name string) string {
	if c := n.children[name]; c != nil {
		return c.value
	}
	return ""
}

func (n *formNode) member(name string, ref *model.Ref) node {
	if n.ec2 {
		name = ec2Name(name, ref)
	} else {
		name = queryName(name, ref)
	}
	c := n.children[name]
	if c == nil {
		return nil
	}
	return c
}

// queryName is a member's name in the query protocol; a flattened list goes by
// its elements' name.
func queryName(name string, ref *model.Ref) string {
	if isFlat(ref) && ref.Shape.Member != nil && ref.Shape.Member.LocationName != "" {
		return ref.Shape.Member.LocationName
	}
	if ref.LocationName != "" {
		return ref.LocationName
	}
	return name
}

// ec2Name is a member's name in EC2's variant of it.
func ec2Name(name string, ref *model.Ref) string {
	switch {
	case ref.QueryName != "":
		return ref.QueryName
	case ref.LocationName != "":
		return strings.ToUpper(ref.LocationName[:1]) + ref.LocationName[1:]
	}
	return name
}

func isFlat(ref *model.Ref) bool { return ref.Flattened || ref.Shape.Flattened }

func (n *formNode) items(ref *model.Ref) ([]node, error) {
	from := n
	if !n.ec2 && !isFlat(ref) {
		for _, name := range []string{ref.Shape.Member.LocationName, "member"} {
			if c := n.children[name]; c != nil {
				from = c
				break
			}
		}
	}
	list, err := from.numbered()
	out := make([]node, len(list))
	for i, c := range list {
		out[i] = c
	}
	return out, err
}

// numbered gives the children "1", "2", ... in the order of their numbers.
func (n *formNode) numbered() ([]*formNode, error) {
	keys := make([]int, 0, len(n.children))
	for k := range n.children {
		i, err := strconv.Atoi(k)
		if err != nil || i < 0 || strconv.Itoa(i) != k {
			return nil, fmt.Errorf("%q is not an index of a list", k)
		}
		keys = append(keys, i)
	}
	slices.Sort(keys)
	out := make([]*formNode, len(keys))
	for i, k := range keys {
		out[i] = n.children[strconv.Itoa(k)]
	}
	return out, nil
}

func (n *formNode) entries(ref *model.Ref) (keys []string, values []node, err error) {
	from := n
	if c := n.children["entry"]; c != nil && !isFlat(ref) {
		from = c
	}
	list, err := from.numbered()
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range list {
		k := entry.children[orName(ref.Shape.Key.LocationName, "key")]
		v := entry.children[orName(ref.Shape.Value.LocationName, "value")]
		if k == nil || v == nil {
			return nil, nil, errors.New("a map's entry lacks key or value")
		}
		keys, values = append(keys, k.value), append(values, v)
	}
	return keys, values, nil
}

func (n *formNode) scalar() (any, error) {
	if !n.has {
		return nil, &unfit{value: map[string]any{}}
	}
	return n.value, nil
}

func orName(name, byDefault string) string {
	if name != "" {
		return name
	}
	return byDefault
}
