package kit

import (
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Globs selects names that match one of include, or all if include is empty,
// except those that match one of exclude. The order of patterns does not matter. Beside
// include, a pattern of exclude that matches everything says nothing more, and is ignored.
type Globs struct{ Include, Exclude []string }

// Check refuses a pattern that can match nothing; field is "include" or
// "exclude".
func (g Globs) Check() error {
	for field, patterns := range map[string][]string{"include": g.Include, "exclude": g.Exclude} {
		for _, p := range patterns {
			if !canMatch(p) {
				return fault.New(fault.Invalid, "the pattern %q cannot match any name", p).At(field).
					WithFix("write it relative to the folder, such as *.log or 2026/**; a directory is written dir/**")
			}
		}
	}
	for _, exclude := range g.excludes() {
		for _, include := range g.Include {
			if covers(exclude, include) {
				return fault.New(fault.Invalid, "the pattern %q of include can choose nothing, because %q of exclude leaves it out", include, exclude).
					At("exclude").WithCause("patterns are not applied in order: what exclude matches is never chosen").
					WithFix("leave one of the two patterns out, or write exclude so that it does not match what is wanted")
			}
		}
	}
	return nil
}

// excludes returns the patterns of exclude that count.
func (g Globs) excludes() []string {
	if len(g.Include) == 0 {
		return g.Exclude
	}
	everything := func(pattern string) bool { return strings.Trim(pattern, "*") == "" }
	return slices.DeleteFunc(slices.Clone(g.Exclude), everything)
}

// covers reports whether exclude is known to match all names that include matches. It
// compares the text of include, in which * stands for what it would match.
func covers(exclude, include string) bool {
	return !strings.Contains(exclude, "?") && !strings.Contains(include, "**") && matchGlob(exclude, include)
}

// canMatch reports whether a pattern can match the name of a file: such a name has no
// empty parts, and none that is . or ..
func canMatch(pattern string) bool {
	return !slices.ContainsFunc(strings.Split(pattern, "/"), func(part string) bool { return part == "" || part == "." || part == ".." })
}

// Chooser chooses names by Globs, one after another, and remembers which patterns matched.
type Chooser struct {
	globs   Globs
	matched map[string]bool
}

// Chooser returns a chooser that has seen no name.
func (g Globs) Chooser() *Chooser {
	return &Chooser{globs: Globs{g.Include, g.excludes()}, matched: map[string]bool{}}
}

// Choose reports whether a name is selected.
func (c *Chooser) Choose(name string) bool {
	included, excluded := c.matchesOne(c.globs.Include, name), c.matchesOne(c.globs.Exclude, name)
	return (len(c.globs.Include) == 0 || included) && !excluded
}

// matchesOne tries all patterns, also after one that matches.
func (c *Chooser) matchesOne(patterns []string, name string) bool {
	one := false
	for _, p := range patterns {
		if matchGlob(p, name) {
			one, c.matched[p] = true, true
		}
	}
	return one
}

// Unmatched returns the patterns that matched none of the names.
func (c *Chooser) Unmatched() []string {
	var none []string
	for _, p := range slices.Concat(c.globs.Include, c.globs.Exclude) {
		if !c.matched[p] && !slices.Contains(none, p) {
			none = append(none, p)
		}
	}
	return none
}

// matchGlob reports whether a name with slashes matches a pattern: * matches
// anything but a slash, ** anything, ? one character but a slash. A pattern
// without a slash is matched with the last part of the name.
func matchGlob(pattern, name string) bool {
	if !strings.Contains(pattern, "/") && pattern != "**" {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	return newMatcher(pattern, name).match(0, 0)
}

// MatchText reports whether a text matches a pattern in which * matches anything
// and ? one character.
func MatchText(pattern, text string) bool {
	return newMatcher(strings.ReplaceAll(pattern, "*", "**"), text).match(0, 0)
}

// matcher remembers which pairs of positions failed, so that hostile patterns
// take no more than len(pattern) * len(name) steps.
type matcher struct {
	pattern, name []rune
	failed        map[[2]int]bool
}

func newMatcher(pattern, name string) *matcher {
	return &matcher{pattern: []rune(pattern), name: []rune(name), failed: map[[2]int]bool{}}
}

func (m *matcher) match(p, n int) bool {
	if m.failed[[2]int{p, n}] {
		return false
	}
	if m.step(p, n) {
		return true
	}
	m.failed[[2]int{p, n}] = true
	return false
}

func (m *matcher) step(p, n int) bool {
	switch {
	case p == len(m.pattern):
		return n == len(m.name)
	case m.pattern[p] == '*':
		return m.star(p, n)
	case n == len(m.name):
		return false
	case m.pattern[p] == '?' && m.name[n] != '/', m.pattern[p] == m.name[n]:
		return m.match(p+1, n+1)
	}
	return false
}

// star lets * or ** match nothing, or one more character.
func (m *matcher) star(p, n int) bool {
	past, across := p+1, false
	if past < len(m.pattern) && m.pattern[past] == '*' {
		past, across = past+1, true
	}
	if across && past < len(m.pattern) && m.pattern[past] == '/' && m.match(past+1, n) {
		return true // a/**/b matches a/b
	}
	if m.match(past, n) {
		return true
	}
	return n < len(m.name) && (across || m.name[n] != '/') && m.match(p, n+1)
}
