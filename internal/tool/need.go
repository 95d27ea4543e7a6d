package tool

import (
	"maps"
	"slices"
	"strings"
)

// Need is one AWS action that a tool calls, and on which resource. Where a tool calls an
// action for several reasons, there is a need for each.
type Need struct {
	// Action is the IAM action, such as "s3:GetObject".
	Action string `json:"action"`
	// Resource is an ARN in which {field} is replaced by an input field, and
	// {partition}, {account} and {region} by the target's. It is "*" for an action
	// without resources.
	Resource string `json:"resource"`
	// When says which calls need the action. The zero value means all.
	When Condition `json:"when,omitzero"`
	// Without says what a call does where the action is denied; empty means that it
	// fails.
	Without string `json:"without,omitempty"`
}

// Condition says which calls of a tool need an action. All of its parts must hold; the
// zero value holds for every call.
type Condition struct {
	// Given names input fields that must have a value.
	Given []string
	// Absent names input fields that must have none.
	Absent []string
	// InS3 names input fields that must hold an s3:// URI.
	InS3 []string
	// Not has, for input fields, a value that they must not have.
	Not map[string]string
	// Asked says that a person must be asked about the call.
	Asked bool
	// Besides says what must be so that the input does not tell, such as "the file is
	// larger than 8 MiB".
	Besides string
}

// Fields lists the input fields that the condition looks at.
func (c Condition) Fields() []string {
	return slices.Concat(c.Given, c.Absent, c.InS3, slices.Sorted(maps.Keys(c.Not)))
}

// IsZero reports whether the condition holds for every call.
func (c Condition) IsZero() bool {
	return len(c.Fields()) == 0 && !c.Asked && c.Besides == ""
}

// String returns the condition as words, such as "version_id is not given".
func (c Condition) String() string {
	var parts []string
	for _, part := range []struct {
		fields []string
		is     string
	}{{c.InS3, "in S3"}, {c.Given, "given"}, {c.Absent, "not given"}} {
		switch len(part.fields) {
		case 0:
		case 1:
			parts = append(parts, part.fields[0]+" is "+part.is)
		default:
			parts = append(parts, strings.Join(part.fields, " and ")+" are "+part.is)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(c.Not)) {
		parts = append(parts, field+" is not "+c.Not[field])
	}
	if c.Asked {
		parts = append(parts, "a person is asked")
	}
	if c.Besides != "" {
		parts = append(parts, c.Besides)
	}
	return strings.Join(parts, " and ")
}

// MarshalText encodes the condition as its words.
func (c Condition) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
