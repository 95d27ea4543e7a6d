package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// fields is a JSON object whose values are copied as they are.
type fields map[string]json.RawMessage

// source is the part of service-2.json that is read.
type source struct {
	Metadata   fields            `json:"metadata"`
	Operations map[string]fields `json:"operations"`
	Shapes     map[string]fields `json:"shapes"`
}

// signingName is the service's name in a credential scope.
func (s *source) signingName() string {
	for _, k := range []string{"signingName", "endpointPrefix"} {
		var name string
		if err := json.Unmarshal(s.Metadata[k], &name); err == nil && name != "" {
			return name
		}
	}
	return ""
}

// What package model reads; all else is dropped.
var (
	metadataFields  = []string{"apiVersion", "endpointPrefix", "protocol", "protocols", "jsonVersion", "serviceId", "signingName", "targetPrefix", "xmlNamespace", "awsQueryCompatible"}
	operationFields = []string{"http", "input", "output", "authtype"}
	// What inputs are held against; of shapes that only answers have, it goes.
	constraintFields = []string{"min", "max", "pattern", "enum", "sensitive"}
	shapeFields      = []string{"type", "required", "payload", "flattened", "locationName", "timestampFormat", "xmlNamespace", "streaming", "eventstream", "union", "document", "exception", "fault", "error"}
	refFields        = []string{"shape", "location", "locationName", "queryName", "flattened", "xmlAttribute", "xmlNamespace", "timestampFormat", "streaming", "resultWrapper"}
)

// trim gives the service with what model reads. With a keep list, operations
// outside it lose input and output, and shapes that nothing reaches go.
func (s *source) trim(keep []string) (*source, error) {
	for _, name := range keep {
		if s.Operations[name] == nil {
			return nil, fmt.Errorf("the list names unknown operation %q", name)
		}
	}
	out := &source{Metadata: pick(s.Metadata, metadataFields), Operations: map[string]fields{}, Shapes: map[string]fields{}}
	for name, op := range s.Operations {
		o := pick(op, operationFields)
		if keep != nil && !slices.Contains(keep, name) {
			delete(o, "input")
			delete(o, "output")
		}
		out.Operations[name] = o
		if err := nameErrors(op, o); err != nil {
			return nil, err
		}
		for _, k := range []string{"input", "output"} {
			if err := s.copyRef(out, o, k); err != nil {
				return nil, err
			}
		}
	}
	for name, sh := range s.Shapes {
		if sh["exception"] != nil {
			if err := s.reach(out, name); err != nil {
				return nil, err
			}
		}
	}
	return out, s.constrain(out)
}

// nameErrors copies the names of the errors that an operation declares.
func nameErrors(from, to fields) error {
	if from["errors"] == nil || to["input"] == nil {
		return nil
	}
	var declared []struct{ Shape string }
	if err := json.Unmarshal(from["errors"], &declared); err != nil {
		return err
	}
	names := make([]string, len(declared))
	for i, d := range declared {
		names[i] = d.Shape
	}
	var err error
	to["errors"], err = json.Marshal(names)
	return err
}

// copyRef trims the Ref in field k of o and copies the shape it names.
func (s *source) copyRef(out *source, o fields, k string) error {
	if o[k] == nil {
		return nil
	}
	var ref fields
	if err := json.Unmarshal(o[k], &ref); err != nil {
		return err
	}
	ref = pick(ref, refFields)
	var err error
	if o[k], err = json.Marshal(ref); err != nil {
		return err
	}
	var name string
	if err := json.Unmarshal(ref["shape"], &name); err != nil {
		return err
	}
	return s.reach(out, name)
}

// reach copies a shape and everything below it.
func (s *source) reach(out *source, name string) error {
	if out.Shapes[name] != nil {
		return nil
	}
	from := s.Shapes[name]
	sh := pick(from, shapeFields)
	out.Shapes[name] = sh
	for _, k := range []string{"member", "key", "value"} {
		if from[k] == nil {
			continue
		}
		sh[k] = from[k]
		if err := s.copyRef(out, sh, k); err != nil {
			return err
		}
	}
	if from["members"] == nil {
		return nil
	}
	return s.copyMembers(out, from, sh)
}

// copyMembers copies a structure's members and their order, which XML keeps.
func (s *source) copyMembers(out *source, from, sh fields) error {
	var members fields
	if err := json.Unmarshal(from["members"], &members); err != nil {
		return err
	}
	order, err := keysInOrder(from["members"])
	if err != nil {
		return err
	}
	for _, k := range order {
		if err := s.copyRef(out, members, k); err != nil {
			return err
		}
	}
	if sh["members"], err = json.Marshal(members); err != nil {
		return err
	}
	sh["order"], err = json.Marshal(order)
	return err
}

// keysInOrder gives the keys of a JSON object as the text orders them.
func keysInOrder(text json.RawMessage) ([]string, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	keys := []string{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key.(string))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func pick(from fields, names []string) fields {
	out := fields{}
	for _, k := range names {
		if v := from[k]; v != nil {
			out[k] = v
		}
	}
	return out
}
