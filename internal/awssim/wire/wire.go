// Package wire speaks AWS's protocols from the server's side: query, EC2
// query, JSON 1.0 and 1.1, REST-JSON, REST-XML and Smithy RPC v2 CBOR. One
// Codec, driven by a service's model, decodes requests into the Go SDK's own
// input structs and encodes its output structs, by reflection.
//
// A member named in the model as "functionName" is the Go field FunctionName;
// field names are matched without regard to case, and a trailing underscore,
// which the SDK adds to names it reserves, is ignored. Unions are Go interface
// types in the SDK: each is registered with its members (see Union).
package wire

import (
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/hawser/hawser/internal/awssim/model"
)

// Protocol is a wire protocol, by botocore's name.
type Protocol string

// The protocols. JSON covers 1.0 and 1.1, which differ in content type only.
const (
	Query    Protocol = "query"
	EC2      Protocol = "ec2"
	JSON     Protocol = "json"
	RESTJSON Protocol = "rest-json"
	RESTXML  Protocol = "rest-xml"
	CBOR     Protocol = "smithy-rpc-v2-cbor"
)

// Codec is one service's codec. It is safe for concurrent use.
type Codec struct {
	Model  *model.Service
	unions map[reflect.Type]Union
	routes map[string][]route // by HTTP method
	fields sync.Map           // reflect.Type of a struct to map[string]int
}

// New makes the codec of a service.
func New(m *model.Service, unions ...Union) *Codec {
	c := &Codec{Model: m, unions: make(map[reflect.Type]Union, len(unions)), routes: make(map[string][]route)}
	for _, u := range unions {
		c.unions[u.iface] = u
	}
	for _, op := range m.Operations {
		if !ambiguous(op.Name) {
			c.routes[op.HTTP.Method] = append(c.routes[op.HTTP.Method], newRoute(op, m.Metadata.Protocol == string(RESTXML)))
		}
	}
	return c
}

// Request is a request whose operation and protocol are known.
type Request struct {
	HTTP     *http.Request
	Op       *model.Operation
	Protocol Protocol
	// ID is the request's id, given back to the client.
	ID string

	labels map[string]string
	form   *formNode
}

// Union says which Go types are the members of a union's interface type.
type Union struct {
	iface   reflect.Type
	members map[string]reflect.Type // model's name, lower case, to the pointed-to struct
	lazy    func(any) reflect.Value // set for a type of documents
}

// UnionOf registers the union with interface type I, given a pointer to each
// of its member structs: UnionOf[types.Field](&types.FieldMemberIsNull{}, ...).
func UnionOf[I any](members ...I) Union {
	iface := reflect.TypeFor[I]()
	u := Union{iface: iface, members: make(map[string]reflect.Type, len(members))}
	for _, m := range members {
		t := reflect.TypeOf(m).Elem()
		name := strings.TrimPrefix(t.Name(), iface.Name()+"Member")
		u.members[strings.ToLower(name)] = t
	}
	return u
}

// DocumentOf registers a service's type of documents, which hold any JSON, by
// the SDK's function that makes one: DocumentOf(document.NewLazyDocument).
func DocumentOf[I any](lazy func(any) I) Union {
	return Union{iface: reflect.TypeFor[I](), lazy: func(v any) reflect.Value { return reflect.ValueOf(lazy(v)) }}
}

// field finds the struct field of a model member; ok is false where the Go
// type has none.
func (c *Codec) field(v reflect.Value, member string) (reflect.Value, bool) {
	t := v.Type()
	index, found := c.fields.Load(t)
	if !found {
		index, _ = c.fields.LoadOrStore(t, indexFields(t))
	}
	i, ok := index.(map[string]int)[member]
	if !ok {
		i, ok = index.(map[string]int)[fold(member)]
	}
	if !ok {
		return reflect.Value{}, false
	}
	return v.Field(i), true
}

// indexFields maps names to field numbers: as declared, with a lower-case
// first letter, and folded.
func indexFields(t reflect.Type) map[string]int {
	index := make(map[string]int, 3*t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		index[fold(f.Name)] = i
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Name != "ResultMetadata" {
			index[f.Name] = i
			index[strings.ToLower(f.Name[:1])+f.Name[1:]] = i
		}
	}
	return index
}

func fold(name string) string {
	return strings.ToLower(strings.TrimRight(name, "_"))
}
