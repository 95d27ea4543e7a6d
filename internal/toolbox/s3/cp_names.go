package s3

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
)

// arrivals decides which objects of a tree become files. Keys may have been
// written by anybody: a key must name a file below the destination, or it fails.
// No two objects become one file. Names must come in their byte order.
type arrivals struct {
	from, to end
	folds    bool // the file system takes names that differ in case for one

	// above are the names so far that the current one begins with: the only
	// ones that can be files where it needs a directory.
	above []string
	// taken are the names so far, folded, with their directories; only where
	// the file system folds names.
	taken map[string]string
	// strays are the objects whose keys are no file names, by where the
	// system would have taken them.
	strays  []*stray
	byPlace map[string][]*stray
}

// stray is an object whose key is no file name.
type stray struct {
	item  item
	why   string
	rival string // the object that already has this file name
}

// maxStrays bounds how many are kept until the end, to be told with their
// rivals.
const maxStrays = maxReported

func newArrivals(from, to end, dryRun bool) *arrivals {
	a := &arrivals{from: from, to: to, taken: map[string]string{}, byPlace: map[string][]*stray{}}
	if to.files != nil {
		a.folds = to.files.Folds(dryRun)
	}
	return a
}

// stray keeps an object whose key is not a valid file name, to be reported at the
// end. It returns false for all others.
func (a *arrivals) stray(i item) bool {
	why := a.notAName(i.name)
	if why == "" {
		return false
	}
	s := &stray{item: i, why: why}
	place := strings.TrimPrefix(path.Clean("/"+i.name), "/")
	a.strays = append(a.strays, s)
	a.byPlace[place] = append(a.byPlace[place], s)
	return true
}

// admit refuses an object that would become the same file as an earlier one,
// or that needs a directory where an earlier one is a file. The earlier one is
// copied.
func (a *arrivals) admit(i item) error {
	if a.notAName(i.name) != "" {
		if len(a.strays) < maxStrays {
			return nil
		}
		return a.fault(&stray{item: i, why: a.notAName(i.name)})
	}
	for _, s := range a.byPlace[i.name] {
		s.rival = i.name
	}
	for len(a.above) > 0 && !strings.HasPrefix(i.name, a.above[len(a.above)-1]) {
		a.above = a.above[:len(a.above)-1]
	}
	for _, name := range a.above {
		if strings.HasPrefix(i.name, name+"/") {
			return a.rivals(name, i.name).WithCause("the first is a file where the second needs a directory")
		}
	}
	if err := a.folded(i.name); err != nil {
		return err
	}
	a.above = append(a.above, i.name)
	return nil
}

// folded is admit's part where the file system folds names.
func (a *arrivals) folded(name string) error {
	if !a.folds {
		return nil
	}
	if first, ok := a.taken[fold(name)]; ok {
		return a.rivals(first, name).WithCause("this file system does not tell their names apart")
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if first, ok := a.taken[fold(dir)]; ok && !strings.HasPrefix(fold(first), fold(dir)+"/") {
			return a.rivals(first, name).WithCause("the first is a file where the second needs a directory")
		}
	}
	a.taken[fold(name)] = name
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, ok := a.taken[fold(dir)]; !ok {
			a.taken[fold(dir)] = name
		}
	}
	return nil
}

// fold makes names alike that a file system may take for one.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

func (a *arrivals) rivals(first, second string) *fault.Error {
	return fault.New(fault.Conflict, "the objects %s and %s would be written to the same file", a.from.show(first), a.from.show(second)).
		WithFix("download the second by itself, with hawser s3 get and another file name")
}

// fault returns a stray's failure.
func (a *arrivals) fault(s *stray) error {
	if s.rival != "" {
		return a.rivals(s.rival, s.item.name).WithCause("the second key %s, and is not a file name", s.why)
	}
	return fault.New(fault.Invalid, "the key of %s is not a file name below %s", a.from.show(s.item.name), a.to.shown).
		WithCause("it %s", s.why).WithFix("download it by itself, with hawser s3 get and another file name")
}

// notAName says why a name cannot be that of a file below a directory; "" where
// it can.
func (a *arrivals) notAName(name string) string {
	switch {
	case strings.ContainsRune(name, 0):
		return "holds a zero byte"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case name == "" || strings.HasSuffix(name, "/"):
		return "ends with a slash"
	case strings.HasPrefix(name, "/"):
		return "begins with a slash below the prefix"
	}
	for element := range strings.SplitSeq(name, "/") {
		switch element {
		case "":
			return "has an empty element"
		case ".", "..":
			return fmt.Sprintf("has the element %q", element)
		}
	}
	if _, err := filepath.Localize(name); err != nil {
		return "has characters or words that this system keeps for itself"
	}
	return ""
}
