package wire

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hawser/hawser/internal/awssim/model"
)

// route is an operation's HTTP binding, taken apart.
type route struct {
	op       *model.Operation
	segments []string            // "{Bucket}", "{Key+}" or a literal
	query    map[string][]string // what must be present
	needs    []*model.Ref        // required members in header or query string
}

// newRoute takes a binding apart. S3's operations are told apart by the headers and
// queries that they require; elsewhere those are missing members.
func newRoute(op *model.Operation, byRequired bool) route {
	path, query, _ := strings.Cut(op.HTTP.URI, "?")
	r := route{op: op, segments: splitPath(strings.TrimSuffix(path, "/"))}
	r.query, _ = url.ParseQuery(query)
	if op.Input == nil || !byRequired {
		return r
	}
	for _, name := range op.Input.Shape.Required {
		if m := op.Input.Shape.Members[name]; m.Location == "header" || m.Location == "querystring" {
			r.needs = append(r.needs, m)
		}
	}
	return r
}

func splitPath(path string) []string {
	return strings.Split(strings.TrimPrefix(path, "/"), "/")
}

// ambiguous tells of the operations of S3 whose binding another one has, too:
// the ones that are deprecated, and that of directory buckets, which has its
// own endpoint.
func ambiguous(name string) bool {
	switch name {
	case "GetBucketLifecycle", "PutBucketLifecycle", "GetBucketNotification", "PutBucketNotification", "ListDirectoryBuckets":
		return true
	}
	return false
}

// Identify finds the operation that a request calls and the protocol it
// speaks. It reads the body of form requests only. Where nothing matches it
// gives an *Error with code UnknownOperationException and what was asked.
func (c *Codec) Identify(r *http.Request) (*Request, error) {
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		target := r.Header.Get("X-Amz-Target") // its prefix may hold dots, too
		name := target[strings.LastIndex(target, ".")+1:]
		return c.byName(r, JSON, name)
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		_, name, _ := strings.Cut(r.URL.Path, "/operation/")
		return c.byName(r, CBOR, name)
	case c.Model.Speaks("ec2"):
		return c.byForm(r, EC2)
	case c.Model.Speaks("query"):
		return c.byForm(r, Query)
	}
	return c.byPath(r)
}

func (c *Codec) byName(r *http.Request, p Protocol, name string) (*Request, error) {
	op := c.Model.Operations[name]
	req := &Request{HTTP: r, Op: op, Protocol: p}
	if op == nil || !c.Model.Speaks(string(p)) {
		req.Op = &model.Operation{Name: name}
		return req, unknown(name)
	}
	return req, nil
}

// byForm reads the query protocols' form from the URL and, for POST, the body.
func (c *Codec) byForm(r *http.Request, p Protocol) (*Request, error) {
	text := r.URL.RawQuery
	if r.Method == http.MethodPost && r.Body != nil {
		body, err := readBody(r.Body)
		if err != nil {
			return &Request{HTTP: r, Protocol: p}, undecodable(p, err)
		}
		text += "&" + string(body)
	}
	form, err := parseForm(text, p)
	if err != nil {
		return &Request{HTTP: r, Protocol: p}, err
	}
	if err := c.checkVersion(p, form.child("Action"), form.child("Version")); err != nil {
		return &Request{HTTP: r, Protocol: p}, err
	}
	req, err := c.byName(r, p, form.child("Action"))
	req.form = form
	return req, err
}

// firstEC2 is the first version of EC2's API. EC2 takes all versions since.
const firstEC2 = "2006-06-26"

// checkVersion refuses a call of no action, and of a version of the API that there is not.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func (c *Codec) checkVersion(p Protocol, action, version string) error {
	only := c.Model.Metadata.APIVersion
	switch {
	case action == "":
		return &Error{Code: "MissingAction", Message: "The request is missing an action or a required parameter.", Status: http.StatusBadRequest}
	case version == only, p == EC2 && len(version) == len(only) && version >= firstEC2 && version < only:
		return nil
	case p == EC2:
		return &Error{Code: "NoSuchVersion", Message: "The requested version (" + version + ") of service AmazonEC2 does not exist", Status: http.StatusBadRequest}
	case version == "":
		version = "NO_VERSION_SPECIFIED"
	}
	return &Error{Code: "InvalidAction", Message: "Could not find operation " + action + " for version " + version, Status: http.StatusBadRequest}
}

// byPath matches the REST bindings: of all that fit, the one that asks most.
func (c *Codec) byPath(r *http.Request) (*Request, error) {
	req := &Request{HTTP: r, Protocol: Protocol(c.Model.Metadata.Protocol)}
	parts := splitPath(r.URL.EscapedPath())
	query := r.URL.Query()
	best := -1
	for _, rt := range c.routes[r.Method] {
		if !rt.wants(r, query) {
			continue // most are told apart by this, which costs less than a match
		}
		labels, literals, ok := rt.match(parts)
		if !ok {
			continue
		}
		if score := 100*literals + 10*len(rt.query) + len(rt.needs); score > best {
			best, req.Op, req.labels = score, rt.op, labels
		}
	}
	if req.Op == nil {
		req.Op = &model.Operation{Name: r.Method + " " + r.URL.Path}
		return req, unknown(req.Op.Name)
	}
	return req, nil
}

// match binds the labels of the path and counts its literal segments. A greedy
// label keeps the slashes at its ends.
func (rt route) match(parts []string) (labels map[string]string, literals int, ok bool) {
	labels = make(map[string]string, 2)
	for i, seg := range rt.segments {
		if i >= len(parts) {
			return nil, 0, false
		}
		name, isLabel := strings.CutPrefix(seg, "{")
		if !isLabel {
			if seg != parts[i] {
				return nil, 0, false
			}
			literals++
			continue
		}
		name = strings.TrimSuffix(name, "}")
		text := parts[i]
		name, greedy := strings.CutSuffix(name, "+")
		if greedy {
			text = strings.Join(parts[i:], "/")
		}
		value, err := url.PathUnescape(text)
		if err != nil || value == "" {
			return nil, 0, false
		}
		labels[name] = value
		if greedy {
			return labels, literals, true
		}
	}
	rest := parts[len(rt.segments):]
	return labels, literals, len(rest) == 0 || len(rest) == 1 && rest[0] == "" // a slash at the end
}

// wants reports whether the request has what the route asks for beyond a path.
func (rt route) wants(r *http.Request, query url.Values) bool {
	for k, v := range rt.query {
		got, ok := query[k]
		if !ok || v[0] != "" && got[0] != v[0] {
			return false
		}
	}
	for _, m := range rt.needs {
		if m.Location == "header" && r.Header.Get(m.LocationName) == "" {
			return false
		}
		if m.Location == "querystring" && !query.Has(m.LocationName) {
			return false
		}
	}
	return true
}

func unknown(name string) *Error {
	return &Error{Code: "UnknownOperationException", Message: "no operation " + name, Status: http.StatusNotImplemented}
}
