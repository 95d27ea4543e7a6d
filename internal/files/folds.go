package files

import (
	"runtime"
	"strings"
)

// Folds reports whether the directory takes names that differ only in case for
// one. It finds out by a file that it removes again; where it may not write,
// the answer is what is usual for the operating system.
func (f *Access) Folds(readOnly bool) bool {
	usual := runtime.GOOS == "darwin" || runtime.GOOS == "windows"
	if readOnly {
		return usual
	}
	probe, err := f.Create(partialPrefix + "Case" + partialSuffix)
	if err != nil {
		return usual
	}
	_, err = probe.dir.Lstat(strings.ToUpper(probe.partial))
	_ = probe.Abort() // what stays behind is known as partial
	return err == nil
}
