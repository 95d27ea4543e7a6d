package tool

import (
	"path"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Matches reports whether a pattern of path.Match, such as "s3.*", matches a tool's
// name. It also matches names as clients write them that allow no dots: "s3_delete" is
// "s3.delete".
func Matches(pattern, name string) bool {
	if ok, err := path.Match(pattern, name); err == nil && ok {
		return true
	}
	ok, err := path.Match(pattern, Underscored(name))
	return err == nil && ok
}

// Underscored returns a tool's name with underscores for dots and hyphens.
func Underscored(name string) string { return strings.NewReplacer(".", "_", "-", "_").Replace(name) }

// CheckPatterns reports the first pattern that matches none of the names, with the
// pattern that was probably meant. A rule that applies to nothing is a mistake; a
// misspelt deny rule would deny nothing. field is the setting with the patterns. The
// error is of kind Invalid.
func CheckPatterns(field string, patterns, names []string) error {
	if err := checkSyntax(field, patterns); err != nil {
		return err
	}
	for _, pattern := range patterns {
		if !slices.ContainsFunc(names, func(name string) bool { return Matches(pattern, name) }) {
			return noSuchTool(pattern, names).At(field)
		}
	}
	return nil
}

func checkSyntax(field string, patterns []string) error {
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			return fault.Wrap(err, fault.Invalid, "%q is not a pattern for tools", pattern).At(field).
				WithFix(`write it like "s3.*" or "ec2.list"`)
		}
	}
	return nil
}

// noSuchTool returns the fault of a pattern that matches no tool.
func noSuchTool(pattern string, names []string) *fault.Error {
	err := fault.New(fault.Invalid, "the pattern %q matches no tool", pattern)
	if meant := meantBy(pattern, names); meant != "" {
		return err.WithFix("did you mean %q?", meant)
	}
	return err.WithFix(`hawser tools lists the tools; write the pattern like "s3.*" or "ec2.list"`)
}

// meantBy returns the pattern that was probably meant by a wrong one: the same in lower
// case and without blanks, all tools of a noun, or the nearest name.
func meantBy(pattern string, names []string) string {
	word := strings.ToLower(strings.Join(strings.Fields(pattern), ""))
	var nouns []string
	for _, name := range names {
		if Matches(word, name) {
			return word
		}
		noun, _, _ := strings.Cut(name, ".")
		nouns = append(nouns, noun+".*")
	}
	if noun := strings.TrimRight(word, ".*_") + ".*"; slices.Contains(nouns, noun) {
		return noun
	}
	return fault.Nearest(word, slices.Concat(names, slices.Compact(nouns)))
}
