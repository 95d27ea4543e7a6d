package awssim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// Pages says how listings are cut into pages.
type Pages int

// How listings are cut. AWS may return fewer items than requested, even none, with a
// token for more. These settings show whether a client stops too early.
const (
	FullPages  Pages = iota
	ShortPages       // a third of what was asked for
	EmptyPages       // the same, and the first page has nothing but a token
)

// paging names the members of an operation that make it a listing. S3's markers are
// keys, not tokens.
type paging struct {
	in, out, size, more string
	lists               []string
}

// pagingOf returns the members of an operation; nil if it is not a listing.
func pagingOf(s *model.Service, op *model.Operation) *paging {
	if op.Input == nil || op.Output == nil || s.Metadata.Protocol == string(wire.RESTXML) {
		return nil
	}
	in, out := op.Input.Shape.Members, op.Output.Shape.Members
	p := &paging{
		in:   firstOf(in, "NextToken", "nextToken", "Marker"),
		out:  firstOf(out, "NextToken", "nextToken", "NextMarker", "Marker"),
		size: firstOf(in, "MaxResults", "maxResults", "MaxItems", "MaxRecords", "limit"),
		more: firstOf(out, "IsTruncated"),
	}
	if p.in == "" || p.out == "" {
		return nil
	}
	for name, ref := range out {
		if ref.Shape.Type == "list" {
			p.lists = append(p.lists, name)
		}
	}
	return p
}

func firstOf(members map[string]*model.Ref, names ...string) string {
	i := slices.IndexFunc(names, func(name string) bool { return members[name] != nil })
	if i < 0 {
		return ""
	}
	return names[i]
}

// first is the content of the token that follows an empty first page.
const first = "first"

// run calls the handler. The tokens of next pages are sealed before they are sent, and
// a request's token is accepted only if it was sealed for the same operation.
func (c *Call) run(h Handler, op *model.Operation, in any) (any, error) {
	p := c.Service.paging[op.Name]
	if p == nil {
		return h.run(c, in)
	}
	token, given := textField(in, p.in), false
	if token != nil && *token != nil && **token != "" {
		raw, ok := Unseal(op.Name, **token)
		if !ok {
			return nil, c.refuseToken()
		}
		given, *token = true, aws.String(raw)
		if raw == first {
			*token = nil
		}
	}
	c.shorten(p, op, in)
	out, err := h.run(c, in)
	if err != nil {
		return nil, err
	}
	next := textField(out, p.out)
	if next != nil && *next != nil {
		*next = aws.String(Seal(op.Name, **next))
	}
	if c.World.behavior.Load().pages == EmptyPages && !given && next != nil {
		p.empty(out, next, Seal(op.Name, first))
	}
	return out, nil
}

// shorten asks the handler for a third of what the caller asked for, but for no
// less than may be asked for.
func (c *Call) shorten(p *paging, op *model.Operation, in any) {
	if c.World.behavior.Load().pages == FullPages || p.size == "" {
		return
	}
	size, ok := member(in, p.size).Interface().(*int32)
	if !ok {
		return
	}
	least, asked := c.leastPage(op.Input.Shape.Members[p.size].Shape), int32(30)
	if size != nil {
		asked = *size
	}
	less := max(least, asked/3)
	member(in, p.size).Set(reflect.ValueOf(&less))
}

// leastPage is the smallest page that may be asked for.
func (c *Call) leastPage(size *model.Shape) int32 {
	switch {
	case size.Min != nil && *size.Min > 1:
		return int32(*size.Min)
	case c.protocol == wire.EC2:
		return 5
	case c.Service.Model == "rds":
		return 20
	}
	return 1
}

// empty takes all items out of an answer, and gives it a token for them.
func (p *paging) empty(out any, next **string, token string) {
	had := false
	for _, name := range p.lists {
		if f := member(out, name); f.IsValid() && f.Kind() == reflect.Slice && f.Len() > 0 {
			had = true
			f.Set(reflect.MakeSlice(f.Type(), 0, 0)) // nil would leave the list out
		}
	}
	if !had {
		return
	}
	*next = &token
	if f := member(out, p.more); p.more != "" && f.IsValid() {
		f.SetBool(true)
	}
}

// member finds a member's field in an input or output.
func member(v any, name string) reflect.Value {
	if name == "" {
		return reflect.Value{}
	}
	return reflect.ValueOf(v).Elem().FieldByNameFunc(func(field string) bool { return lowerFirst(field) == lowerFirst(name) })
}

func textField(v any, name string) **string {
	f := member(v, name)
	if !f.IsValid() {
		return nil
	}
	p, _ := f.Addr().Interface().(**string)
	return p
}

// sealed is how many bytes at the front of a token say what it was given for.
const sealed = 9

// Seal makes the token of a next page. It is accepted only for the listing that it was
// made for: the name of an operation, with what else the token is bound to.
func Seal(listing, raw string) string {
	sum := sha256.Sum256([]byte(listing + "\x00" + raw))
	return base64.RawURLEncoding.EncodeToString(append(sum[:sealed], raw...))
}

// Unseal returns what Seal was given; ok is false for a token that was not made for the
// listing.
func Unseal(listing, token string) (raw string, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(text) < sealed {
		return "", false
	}
	raw = string(text[sealed:])
	sum := sha256.Sum256([]byte(listing + "\x00" + raw))
	return raw, subtle.ConstantTimeCompare(sum[:sealed], text[:sealed]) == 1
}

// refuseToken is the answer to a token that no page of the operation gave.
func (c *Call) refuseToken() error {
	switch {
	case c.Service.InvalidToken != nil:
		return c.Service.InvalidToken(c)
	case c.protocol == wire.EC2:
		return Errorf("InvalidNextToken", "The specified NextToken is not valid.")
	case c.protocol == wire.Query:
		return Errorf("ValidationError", "Invalid Marker.")
	}
	return Errorf("ValidationException", "The pagination token is not valid.")
}

// TokenAs makes a Service.InvalidToken of a code and a text.
func TokenAs(code, text string) func(*Call) error {
	return func(*Call) error { return Errorf(code, "%s", text) }
}
