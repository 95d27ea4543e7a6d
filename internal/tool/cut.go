package tool

import (
	"encoding/json"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
)

// MinOutputCap is the smallest output cap that leaves room for an answer.
const MinOutputCap = 1024

// cut shortens an output to the output cap. If it cannot be shortened enough, the error
// is an Invalid fault: the request asked for more than the guard allows.
func cut(out any, raw json.RawMessage, limit int, origin Origin) (any, json.RawMessage, string, error) {
	if c, ok := out.(Cutter); ok {
		smaller, how := c.Cut(limit)
		cutJSON, err := json.Marshal(smaller)
		if err != nil {
			return nil, nil, "", fault.Wrap(err, fault.Internal, "the answer cannot be written as JSON")
		}
		if how != "" && len(cutJSON) <= limit {
			return smaller, cutJSON, fmt.Sprintf("the answer was %d bytes and the cap is %d: %s", len(raw), limit, how), nil
		}
	}
	return nil, nil, "", origin.fix(fault.New(fault.Invalid, "the answer of %d bytes is larger than the output cap of %d", len(raw), limit).
		WithCause("the answer cannot be shortened"), "narrow the request; ", "raise %s", "max_output")
}
