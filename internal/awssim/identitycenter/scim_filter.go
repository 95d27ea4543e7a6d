package identitycenter

import (
	"regexp"
	"slices"
	"strings"
)

// condition is an attribute and the value that it must have.
type condition struct{ attribute, value string }

var conditionForm = regexp.MustCompile(`^\s*([A-Za-z][\w.:]*)\s+(?i:eq)\s+"((?:[^"\\]|\\.)*)"\s*`)

// parseFilter reads the filters that AWS supports: eq, joined by and.
func parseFilter(filter string) ([]condition, error) {
	var out []condition
	for rest := filter; ; {
		m := conditionForm.FindStringSubmatch(rest)
		if m == nil {
			return nil, invalid("The filter %q is not supported: it must be <attribute> eq \"<value>\".", filter)
		}
		out = append(out, condition{m[1], unescape(m[2])})
		rest = rest[len(m[0]):]
		if rest == "" {
			return out, nil
		}
		if len(rest) < 4 || !strings.EqualFold(rest[:3], "and") || rest[3] != ' ' {
			return nil, invalid("The filter %q is not supported: conditions are joined by and.", filter)
		}
		rest = rest[4:]
	}
}

var escape = regexp.MustCompile(`\\(.)`)

func unescape(s string) string { return escape.ReplaceAllString(s, "$1") }

// filter reads the request's filter, whose attributes must be one of the
// combinations; nil where it has none.
func (c *scimCall) filter(combinations ...string) ([]condition, error) {
	text := c.request.URL.Query().Get("filter")
	if text == "" {
		return nil, nil
	}
	conditions, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range conditions {
		conditions[i].attribute = strings.ToLower(conditions[i].attribute)
		names = append(names, conditions[i].attribute)
	}
	slices.Sort(names)
	if !slices.Contains(combinations, strings.Join(names, " ")) {
		return nil, invalid("The filter %q is not supported: it has other attributes.", text)
	}
	return conditions, nil
}
