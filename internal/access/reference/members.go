package reference

import (
	"bytes"
	"encoding/json"

	"github.com/hawser/hawser/internal/fault"
)

// checkOnce refuses JSON in which an object has a member twice, at any depth. Go's
// decoder would take the last one, and others take the first. The error is a fault
// of kind Invalid.
func checkOnce(raw json.RawMessage) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return checkValue(decoder)
}

// checkValue reads one value from the decoder.
func checkValue(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return checkObject(decoder)
	case json.Delim('['):
		for decoder.More() {
			if err := checkValue(decoder); err != nil {
				return err
			}
		}
		_, err = decoder.Token()
	}
	return err
}

func checkObject(decoder *json.Decoder) error {
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[name] {
			return fault.New(fault.Invalid, "the member %q occurs twice in an object", name).WithFix("remove one of them")
		}
		seen[name] = true
		if err := checkValue(decoder); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}
