// Package model holds what AWS's services look like on the wire: operations,
// their HTTP bindings and their shapes, distilled from botocore's service
// descriptions (see README.md) and embedded. It is data and lookup only.
package model

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
)

//go:generate go run ./gen -out .

//go:embed *.json.gz signing.json
var files embed.FS

// Service is one AWS service's description.
type Service struct {
	Metadata   Metadata              `json:"metadata"`
	Operations map[string]*Operation `json:"operations"`
	Shapes     map[string]*Shape     `json:"shapes"`
}

// Metadata names a service and the protocols it speaks.
type Metadata struct {
	APIVersion     string   `json:"apiVersion"`
	EndpointPrefix string   `json:"endpointPrefix"`
	Protocol       string   `json:"protocol"`
	Protocols      []string `json:"protocols"`
	JSONVersion    string   `json:"jsonVersion,omitempty"`
	ServiceID      string   `json:"serviceId"`
	SigningName    string   `json:"signingName,omitempty"`
	TargetPrefix   string   `json:"targetPrefix,omitempty"`
	XMLNamespace   string   `json:"xmlNamespace,omitempty"`
	// QueryCompatible is set where errors of a JSON or CBOR service also carry
	// the code they had in the query protocol.
	QueryCompatible *struct{} `json:"awsQueryCompatible,omitempty"`
}

// Operation is one call. Input and Output are nil where it has none, and in
// the services trimmed to a list, for the operations outside that list.
type Operation struct {
	Name     string `json:"name"`
	HTTP     HTTP   `json:"http"`
	Input    *Ref   `json:"input,omitempty"`
	Output   *Ref   `json:"output,omitempty"`
	AuthType string `json:"authtype,omitempty"`
	// Errors are the names of the exceptions that it declares.
	Errors []string `json:"errors,omitempty"`
}

// HTTP is an operation's binding; URI holds labels such as {Bucket} and
// {Key+}, and a query that must be present.
type HTTP struct {
	Method string `json:"method"`
	URI    string `json:"requestUri"`
	Code   int    `json:"responseCode,omitempty"`
}

// Shape is a type. Type is one of structure, list, map, string, boolean,
// integer, long, float, double, timestamp, blob.
type Shape struct {
	Name            string          `json:"-"`
	Type            string          `json:"type"`
	Members         map[string]*Ref `json:"members,omitempty"`
	Order           []string        `json:"order,omitempty"`
	Required        []string        `json:"required,omitempty"`
	Member          *Ref            `json:"member,omitempty"`
	Key             *Ref            `json:"key,omitempty"`
	Value           *Ref            `json:"value,omitempty"`
	Payload         string          `json:"payload,omitempty"`
	Flattened       bool            `json:"flattened,omitempty"`
	LocationName    string          `json:"locationName,omitempty"`
	TimestampFormat string          `json:"timestampFormat,omitempty"`
	XMLNamespace    *XMLNamespace   `json:"xmlNamespace,omitempty"`
	Streaming       bool            `json:"streaming,omitempty"`
	EventStream     bool            `json:"eventstream,omitempty"`
	Union           bool            `json:"union,omitempty"`
	Document        bool            `json:"document,omitempty"`
	Exception       bool            `json:"exception,omitempty"`
	Fault           bool            `json:"fault,omitempty"`
	Error           *ErrorTrait     `json:"error,omitempty"`

	// What an input's value must be like. Min and Max are of a text's or a
	// list's length, and of a number itself.
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`
	Enum      []string `json:"enum,omitempty"`
	Sensitive bool     `json:"sensitive,omitempty"`

	form func() (*regexp.Regexp, error)
}

// ErrorTrait says how an exception is answered.
type ErrorTrait struct {
	Code       string `json:"code,omitempty"`
	HTTPStatus int    `json:"httpStatusCode,omitempty"`
	Sender     bool   `json:"senderFault,omitempty"`
}

// Ref is a use of a shape: as a member, an element, or an input or output.
type Ref struct {
	ShapeName       string        `json:"shape"`
	Location        string        `json:"location,omitempty"`
	LocationName    string        `json:"locationName,omitempty"`
	QueryName       string        `json:"queryName,omitempty"`
	Flattened       bool          `json:"flattened,omitempty"`
	XMLAttribute    bool          `json:"xmlAttribute,omitempty"`
	XMLNamespace    *XMLNamespace `json:"xmlNamespace,omitempty"`
	TimestampFormat string        `json:"timestampFormat,omitempty"`
	Streaming       bool          `json:"streaming,omitempty"`
	ResultWrapper   string        `json:"resultWrapper,omitempty"`

	// Shape is what ShapeName names.
	Shape *Shape `json:"-"`
}

// XMLNamespace is an element's xmlns attribute.
type XMLNamespace struct {
	Prefix string `json:"prefix,omitempty"`
	URI    string `json:"uri"`
}

// SigningName is the service's name in a signature's credential scope.
func (s *Service) SigningName() string {
	if s.Metadata.SigningName != "" {
		return s.Metadata.SigningName
	}
	return s.Metadata.EndpointPrefix
}

// Speaks reports whether the service lists a protocol, such as "query".
func (s *Service) Speaks(protocol string) bool {
	for _, p := range s.Metadata.Protocols {
		if p == protocol {
			return true
		}
	}
	return false
}

// ErrorShape finds the exception that a code means: a shape's name, or the
// code that the shape gives itself.
func (s *Service) ErrorShape(code string) *Shape {
	if sh := s.Shapes[code]; sh != nil && sh.Exception {
		return sh
	}
	var found *Shape
	for _, sh := range s.Shapes {
		if sh.Exception && sh.Error != nil && sh.Error.Code == code && (found == nil || sh.Name < found.Name) {
			found = sh
		}
	}
	return found
}

// Signing gives the names of all embedded services by the names they sign
// with.
func Signing() (map[string]string, error) {
	text, err := files.ReadFile("signing.json")
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, fmt.Errorf("model: signing.json: %w", err)
	}
	return names, nil
}

// Load reads the embedded description of a service by its botocore name, such
// as "rds-data". It parses anew on each call: keep what it gives.
func Load(name string) (*Service, error) {
	packed, err := files.ReadFile(name + ".json.gz")
	if err != nil {
		return nil, fmt.Errorf("model: no description of service %q", name)
	}
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("model: %s: %w", name, err)
	}
	s := new(Service)
	if err := json.NewDecoder(zr).Decode(s); err != nil {
		return nil, fmt.Errorf("model: %s: %w", name, err)
	}
	if err := s.link(); err != nil {
		return nil, fmt.Errorf("model: %s: %w", name, err)
	}
	return s, nil
}

// link resolves every Ref and fills in names.
func (s *Service) link() error {
	for name, sh := range s.Shapes {
		sh.Name = name
		if sh.Pattern != "" {
			sh.form = sync.OnceValues(func() (*regexp.Regexp, error) { return compile(sh.Pattern) })
		}
		refs := []*Ref{sh.Member, sh.Key, sh.Value}
		for _, m := range sh.Members {
			refs = append(refs, m)
		}
		for _, r := range refs {
			if err := s.resolve(r); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for name, op := range s.Operations {
		op.Name = name
		for _, r := range []*Ref{op.Input, op.Output} {
			if err := s.resolve(r); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (s *Service) resolve(r *Ref) error {
	if r == nil {
		return nil
	}
	r.Shape = s.Shapes[r.ShapeName]
	if r.Shape == nil {
		return fmt.Errorf("names unknown shape %q", r.ShapeName)
	}
	return nil
}
