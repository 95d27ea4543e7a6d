package files

import (
	"crypto/rand"
	"errors"
	"os"
	"runtime"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Folding tells which names of one directory a file system takes for one name.
type Folding struct {
	Case  bool // names that differ only in case
	Forms bool // names that differ only in their Unicode normalization form
}

// usualFolding is what is usual for the operating system.
func usualFolding() Folding {
	return Folding{Case: runtime.GOOS == "darwin" || runtime.GOOS == "windows", Forms: runtime.GOOS == "darwin"}
}

// Folding reports how a directory's file system folds names. It finds out by a file
// that it removes again; where it may not write, the answer is what is usual for the
// operating system.
func (f *Access) Folding(name string, readOnly bool) Folding {
	usual := usualFolding()
	if readOnly {
		return usual
	}
	rel, err := f.inside(name)
	if err != nil {
		return usual
	}
	dir, err := openRoot(f.disk, rel)
	if err != nil {
		return usual
	}
	defer func() { _ = dir.Close() }() // it was only looked into
	middle := rand.Text()[:10] + "\u00e9"
	probe := partialPrefix + middle + partialSuffix
	file, err := dir.OpenFile(probe, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usual
	}
	_, otherCase := dir.Lstat(strings.ToUpper(partialPrefix) + middle + partialSuffix)
	_, otherForm := dir.Lstat(norm.NFD.String(probe))
	_ = errors.Join(file.Close(), dir.Remove(probe)) // what stays behind is known as partial
	return Folding{Case: otherCase == nil, Forms: otherForm == nil}
}

// Key is the same for all names that may be taken for one. It may also be the same for
// a few that are not.
func (f Folding) Key(name string) string {
	if f.Forms {
		name = norm.NFD.String(name)
	}
	if f.Case {
		name = cases.Fold().String(strings.ToLower(strings.ToUpper(name)))
	}
	if f.Forms && f.Case {
		name = norm.NFD.String(name)
	}
	return name
}
