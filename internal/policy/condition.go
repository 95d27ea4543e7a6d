package policy

import "strings"

// Condition is one operator with one key of a statement's Condition element.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
type Condition struct {
	// Operator is as in the document, such as "ForAnyValue:StringLike".
	Operator string
	// Key is as in the document, such as "aws:SourceIp".
	Key string
	// Values are alternatives: one of them must match, or none of them if the
	// operator is a negated one.
	Values []Pattern

	key      string // in lower case
	op       operator
	over     quantifier
	ifExists bool
	tests    []test
}

// quantifier says over which of a key's values an operator goes.
type quantifier uint8

const (
	overOne quantifier = iota // no prefix, for keys with a single value
	overAll                   // ForAllValues:
	overAny                   // ForAnyValue:
)

// newCondition prepares a condition, or reports that there is no such
// operator.
func newCondition(name, key string, values []string, variables bool) (Condition, bool) {
	c := Condition{Operator: name, Key: key, key: strings.ToLower(key)}
	base := strings.ToLower(name)
	if rest, ok := strings.CutPrefix(base, "forallvalues:"); ok {
		base, c.over = rest, overAll
	} else if rest, ok := strings.CutPrefix(base, "foranyvalue:"); ok {
		base, c.over = rest, overAny
	}
	base, c.ifExists = strings.CutSuffix(base, "ifexists")
	op, ok := operators[base]
	if !ok || op.null && c.ifExists {
		return Condition{}, false
	}
	c.op = op
	sx := op.syntax
	sx.variables = sx.variables && variables
	for _, v := range values {
		p := compile(v, sx)
		c.Values = append(c.Values, p)
		if !op.null {
			c.tests = append(c.tests, op.test(p))
		}
	}
	return c, true
}

// Negated reports whether the operator asks for values not to match, so that
// it holds where its key is absent.
func (c *Condition) Negated() bool { return c.op.negated }

// Holds reports whether the condition is met.
//
// An absent key fails an operator, but meets a negated one, any ...IfExists,
// and ForAllValues. Several values under an operator without a set prefix,
// which AWS leaves open, count as ForAnyValue does, and for a negated operator
// as none of them matching.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (c *Condition) Holds(ctx Context) bool {
	values := ctx.Values(c.key)
	switch {
	case c.op.null:
		return c.nullHolds(len(values) == 0)
	case c.over == overAll:
		return c.holdsForAll(values, ctx)
	case c.over == overAny:
		return c.holdsForAny(values, ctx)
	case len(values) == 0:
		return c.op.negated || c.ifExists
	}
	for _, v := range values {
		if c.matches(v, ctx) {
			return !c.op.negated
		}
	}
	return c.op.negated
}

// nullHolds compares with what the document says of the key's absence.
func (c *Condition) nullHolds(absent bool) bool {
	for _, want := range c.Values {
		if strings.EqualFold(want.src, "true") && absent || strings.EqualFold(want.src, "false") && !absent {
			return true
		}
	}
	return false
}

// holdsForAll skips empty values: AWS takes a set of them as no set.
func (c *Condition) holdsForAll(values []string, ctx Context) bool {
	for _, v := range values {
		if v != "" && c.matches(v, ctx) == c.op.negated {
			return false
		}
	}
	return true
}

// holdsForAny skips empty values as well: with no others the key is absent.
func (c *Condition) holdsForAny(values []string, ctx Context) bool {
	empty := true
	for _, v := range values {
		if v == "" {
			continue
		}
		empty = false
		if c.matches(v, ctx) != c.op.negated {
			return true
		}
	}
	return empty && c.ifExists
}

// matches reports whether a value of the request matches any of the
// document's, before negation.
func (c *Condition) matches(value string, ctx Context) bool {
	for _, t := range c.tests {
		if t(value, ctx) {
			return true
		}
	}
	return false
}
