package policy

import (
	"bytes"
	"strings"
)

// Parse reads a policy document in JSON (of what the IAM API returns, the
// URL-decoded text). It accepts what AWS accepts in any kind of policy, and
// keeps the bytes. Errors are *fault.Error of kind Invalid, with the path of
// the field, such as Statement[1].Effect, or the line if it isn't JSON.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Parse(data []byte) (*Document, error) {
	if err := wellFormed(data); err != nil {
		return nil, err
	}
	top, err := members(data, "")
	if err != nil {
		return nil, err
	}
	d := &Document{Version: "2008-10-17", raw: bytes.Clone(data)}
	var statements *member
	for i, m := range top {
		switch m.key {
		case "Version":
			d.Version, err = version(m)
			d.named = true
		case "Id":
			d.ID, err = text(m)
		case "Statement":
			statements = &top[i]
		default:
			err = unknown(m, "Version, Id, Statement")
		}
		if err != nil {
			return nil, err
		}
	}
	if statements == nil {
		return nil, flawed(lacksElement, invalid("Statement", "is missing"))
	}
	d.Statements, err = parseStatements(*statements)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func version(m member) (string, error) {
	v, err := text(m)
	if err == nil && v != current && v != "2008-10-17" {
		err = invalid(m.path, "must be 2012-10-17 or 2008-10-17, not %q", v).
			WithFix(`write "Version": "2012-10-17"`)
	}
	return v, err
}

func parseStatements(m member) ([]*Statement, error) {
	list := elements(m.value, m.path)
	out := make([]*Statement, 0, len(list))
	for i, e := range list {
		s, err := parseStatement(e)
		if err != nil {
			return nil, err
		}
		s.Index = i
		out = append(out, s)
	}
	return out, nil
}

func parseStatement(m member) (*Statement, error) {
	fields, err := members(m.value, m.path)
	if err != nil {
		return nil, err
	}
	s := &Statement{}
	for _, f := range fields {
		if err := s.set(f); err != nil {
			return nil, err
		}
	}
	return s, s.check(m.path)
}

// set reads one element into s.
func (s *Statement) set(f member) (err error) {
	switch f.key {
	case "Sid":
		s.Sid, err = text(f)
	case "Effect":
		s.Effect, err = parseEffect(f)
	case "Action":
		s.Action, err = parseActions(f)
	case "NotAction":
		s.NotAction, err = parseActions(f)
	case "Resource":
		s.Resource, err = texts(f)
	case "NotResource":
		s.NotResource, err = texts(f)
	case "Principal":
		s.Principal, err = parsePrincipals(f)
	case "NotPrincipal":
		s.NotPrincipal, err = parsePrincipals(f)
	case "Condition":
		s.Conditions, err = parseConditions(f)
	default:
		err = unknown(f, "Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition")
	}
	return err
}

// check looks for what a statement must have, and must not have together.
func (s *Statement) check(path string) error {
	switch {
	case s.Effect == "":
		return flawed(lacksEffect, invalid(path, "has no Effect"))
	case s.Action == nil && s.NotAction == nil:
		return flawed(lacksAction, invalid(path, "has neither Action nor NotAction"))
	case s.Action != nil && s.NotAction != nil:
		return invalid(path, "has both Action and NotAction")
	case s.Resource != nil && s.NotResource != nil:
		return invalid(path, "has both Resource and NotResource")
	case s.Principal != nil && s.NotPrincipal != nil:
		return invalid(path, "has both Principal and NotPrincipal")
	}
	return nil
}

func parseEffect(f member) (Effect, error) {
	v, err := text(f)
	e := Effect(v)
	if err == nil && e != Allow && e != Deny {
		err = invalid(f.path, "must be Allow or Deny, not %q", v)
	}
	return e, err
}

func parseActions(f member) ([]string, error) {
	list, err := texts(f)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		service, name, ok := strings.Cut(a, ":")
		if strings.Trim(a, "*") != "" && (!ok || service == "" || name == "") {
			return nil, flawed(badAction, invalid(f.path, "has %q, which is not an action", a).
				WithFix(`write "service:Action", such as "s3:GetObject", or "*"`))
		}
	}
	return list, nil
}

func parsePrincipals(f member) (*Principals, error) {
	if kindOf(f.value) == '"' {
		if v, err := text(f); err != nil || v != "*" {
			return nil, invalid(f.path, `must be "*" or an object`).WithFix(`write {"AWS": "..."}`)
		}
		return &Principals{Everyone: true}, nil
	}
	kinds, err := members(f.value, f.path)
	if err != nil {
		return nil, err
	}
	ps := &Principals{}
	for _, k := range kinds {
		list, err := scalars(k, `"0123456789`) // account ids may stand without quotes
		if err != nil {
			return nil, err
		}
		switch k.key {
		case "AWS":
			ps.AWS = list
		case "Service":
			ps.Service = list
		case "Federated":
			ps.Federated = list
		case "CanonicalUser":
			ps.CanonicalUser = list
		default:
			return nil, unknown(k, "AWS, Service, Federated, CanonicalUser")
		}
	}
	return ps, nil
}

func parseConditions(f member) ([]Condition, error) {
	ops, err := members(f.value, f.path)
	if err != nil {
		return nil, err
	}
	var out []Condition
	for _, op := range ops {
		keys, err := members(op.value, op.path)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			c := Condition{Key: k.key}
			if !c.takeOperator(op.key) {
				return nil, flawed(badOperator, invalid(op.path, "is not a condition operator"))
			}
			if c.Values, err = scalars(k, `"tf-0123456789`); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func unknown(m member, known string) error {
	return flawed(unknownElement, invalid(m.path, "is not an element of a policy").WithFix("use one of %s", known))
}
