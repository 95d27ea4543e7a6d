package policy

import "strings"

// Condition is one operator with one key of a statement's Condition element.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
type Condition struct {
	// Operator is as in the document, such as "ForAnyValue:StringLikeIfExists".
	Operator string
	// Key is as in the document, such as "aws:SourceIp". Its case has no meaning.
	Key string
	// Values are alternatives: one of them must match, or none of them if the
	// operator is a negated one.
	Values []string

	// Base is the operator without prefix and ending, as AWS spells it, such as
	// "StringLike".
	Base string
	// Over says over which of a key's values the operator goes.
	Over Over
	// IfExists is set where the operator's name ends so.
	IfExists bool
}

// Over is the prefix of an operator.
type Over string

// The prefixes. An operator without one is for keys with a single value.
const (
	OverOne Over = ""
	OverAll Over = "ForAllValues"
	OverAny Over = "ForAnyValue"
)

// Negated reports whether the operator asks for values not to match, so that
// it holds where its key is absent.
func (c Condition) Negated() bool { return strings.Contains(c.Base, "Not") }

// operators are AWS's, without prefixes and endings.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func operators() []string {
	return []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
	}
}

// takeOperator reads the name of an operator, or reports that there is none such.
func (c *Condition) takeOperator(name string) bool {
	c.Operator = name
	base := name
	for _, over := range []Over{OverAll, OverAny} {
		if rest, ok := cutFold(base, string(over)+":"); ok {
			base, c.Over = rest, over
			break
		}
	}
	const ending = "IfExists"
	if at := len(base) - len(ending); at > 0 && strings.EqualFold(base[at:], ending) {
		base, c.IfExists = base[:at], true
	}
	for _, known := range operators() {
		if strings.EqualFold(base, known) {
			c.Base = known
		}
	}
	return c.Base != "" && (c.Base != "Null" || !c.IfExists)
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
