package main

import "encoding/json"

// constrain copies the constraints of the shapes that an input reaches.
func (s *source) constrain(out *source) error {
	seen := map[string]bool{}
	for _, op := range out.Operations {
		if err := s.constrainRef(out, op["input"], seen); err != nil {
			return err
		}
	}
	return nil
}

// constrainRef copies those of the shape that ref names, and of all below it.
func (s *source) constrainRef(out *source, ref json.RawMessage, seen map[string]bool) error {
	if ref == nil {
		return nil
	}
	var to struct{ Shape string }
	if err := json.Unmarshal(ref, &to); err != nil || seen[to.Shape] {
		return err
	}
	seen[to.Shape] = true
	from, sh := s.Shapes[to.Shape], out.Shapes[to.Shape]
	for k, v := range pick(from, constraintFields) {
		sh[k] = v
	}
	for _, k := range []string{"member", "key", "value"} {
		if err := s.constrainRef(out, from[k], seen); err != nil {
			return err
		}
	}
	if from["members"] == nil {
		return nil
	}
	var members fields
	if err := json.Unmarshal(from["members"], &members); err != nil {
		return err
	}
	for _, m := range members {
		if err := s.constrainRef(out, m, seen); err != nil {
			return err
		}
	}
	return nil
}
