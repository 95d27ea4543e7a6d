// Package logpattern matches log messages against the filter patterns of
// CloudWatch Logs: terms, JSON conditions and space-delimited fields.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
package logpattern

import (
	"fmt"
	"strings"
)

// maxLength is the longest pattern that CloudWatch Logs takes.
const maxLength = 1024

// Pattern is a compiled filter pattern.
type Pattern struct {
	match func(message string) bool
}

// Match reports whether a log event's message fits the pattern.
func (p Pattern) Match(message string) bool { return p.match(message) }

// Parse compiles a filter pattern. The empty pattern matches everything.
func Parse(text string) (Pattern, error) {
	if len(text) > maxLength {
		return Pattern{}, fmt.Errorf("the pattern is longer than %d characters", maxLength)
	}
	trimmed := strings.TrimSpace(text)
	parse := parseTerms
	switch {
	case strings.HasPrefix(trimmed, "{"):
		parse = parseJSON
	case strings.HasPrefix(trimmed, "["):
		parse = parseFields
	}
	match, err := parse(trimmed)
	if err != nil {
		return Pattern{}, err
	}
	return Pattern{match}, nil
}
