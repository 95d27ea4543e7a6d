package s3

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
)

// arrivals decides which objects of a tree become files. Keys may have been
// written by anybody: a key must name a file below the destination, or it fails.
// No two objects become one file, whatever links lead from one directory to another.
type arrivals struct {
	from, to end
	names    *takenNames

	// invalid are the objects whose keys are not file names, by where the
	// system would have taken them.
	invalid       []*invalidKey
	invalidByName map[string][]*invalidKey
}

// invalidKey is an object whose key is not a file name.
type invalidKey struct {
	item  item
	why   string
	first string // the object that already has this file name, if any
}

// maxInvalid bounds how many are kept until the end, to be reported with the object
// that has their file name.
const maxInvalid = maxReported

func newArrivals(from, to end, dryRun bool) *arrivals {
	return &arrivals{from: from, to: to, names: newTakenNames(to.files, dryRun), invalidByName: map[string][]*invalidKey{}}
}

// keepInvalid keeps an object whose key is not a valid file name, to be reported at the
// end. It returns false for all others.
func (a *arrivals) keepInvalid(i item) bool {
	why := a.notAName(i.name)
	if why == "" {
		return false
	}
	s := &invalidKey{item: i, why: why}
	name := strings.TrimPrefix(path.Clean("/"+i.name), "/")
	a.invalid = append(a.invalid, s)
	a.invalidByName[name] = append(a.invalidByName[name], s)
	return true
}

// admit refuses an object that would become the same file as an earlier one, or
// where one of the two needs a directory and the other a file. The earlier one is
// copied. The directory of an admitted object exists, unless this is a dry run.
func (a *arrivals) admit(i *item) (err error) {
	if a.notAName(i.name) != "" {
		if len(a.invalid) < maxInvalid {
			return nil
		}
		return a.fault(&invalidKey{item: *i, why: a.notAName(i.name)})
	}
	for _, s := range a.invalidByName[i.name] {
		s.first = i.name
	}
	i.within, err = a.names.take(i.name)
	var taken *nameTakenError
	if errors.As(err, &taken) {
		return a.sameFile(taken.first, i.name).WithCause("%s", taken.why)
	}
	return err
}

func (a *arrivals) sameFile(first, second string) *fault.Error {
	return fault.New(fault.Conflict, "the objects %s and %s would be written to the same file", a.from.show(first), a.from.show(second)).
		WithFix("download the second by itself, with hawser s3 get and another file name")
}

// fault returns the failure of an invalid key.
func (a *arrivals) fault(s *invalidKey) error {
	if s.first != "" {
		return a.sameFile(s.first, s.item.name).WithCause("the second key %s, and is not a file name", s.why)
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
